import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../chaos/manifest.ts';
import coupled from './coupled.ts';
import resilient from './resilient.ts';
import { threeLayers } from './three-layers.ts';

const root = join(import.meta.dirname, '..', '..');

describe.each([resilient, coupled] satisfies Manifest[])('the manifest $name', (manifest) => {
  it('names programs and sources that are there', () => {
    for (const source of manifest.sources) expect(existsSync(join(root, source)), source).toBe(true);
    for (const { command } of Object.values(manifest.nodes)) {
      for (const file of command.filter((word) => word.endsWith('.ts')))
        expect(existsSync(join(root, file)), file).toBe(true);
    }
  });

  it('describes each sample skill', () => {
    for (const skill of Object.keys(manifest.skills))
      expect(existsSync(join(root, 'system/skills', skill, 'SKILL.md'))).toBe(true);
  });

  it('links nodes that exist, and gives each dialler its link', () => {
    for (const [name, { from, to }] of Object.entries(manifest.links)) {
      expect(Object.keys(manifest.nodes)).toContain(to);
      if (from !== 'client') expect(Object.values(manifest.nodes[from]?.env ?? {})).toContain(`\${link:${name}}`);
    }
  });

  it('has each layer send its traces to the harness, in what that understands', () => {
    for (const { env } of Object.values(manifest.nodes)) {
      expect(env).toMatchObject({
        OTEL_EXPORTER_OTLP_ENDPOINT: `\${collector}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      });
    }
  });

  it('says the pid in the file that the harness reads', () => {
    for (const { command, pidFile } of Object.values(manifest.nodes)) expect(command).toContain(`\${home}/${pidFile}`);
  });
});

describe('a target with a bug', () => {
  const names = readdirSync(join(import.meta.dirname, 'buggy'));

  it.each(names)('%s: is resilient but for what is loaded into its layers', async (file) => {
    const { default: buggy } = (await import(`./buggy/${file}`)) as { default: Manifest };
    const bug = file.replace(/\.ts$/, '');
    expect(buggy).toEqual(threeLayers({ name: `buggy-${bug}`, title: buggy.title, bug }));
    for (const { env, clock } of Object.values(buggy.nodes)) {
      for (const options of [env.NODE_OPTIONS, clock?.env.NODE_OPTIONS]) {
        const loaded = options?.match(/(?<=--import=)\S+/g) ?? [];
        expect(loaded).toContain(`./system/manifests/bugs/${file}`);
        for (const module of loaded) expect(existsSync(join(root, module)), module).toBe(true);
      }
    }
    const withoutBug = JSON.parse(JSON.stringify(buggy), (key, value) => (key === 'NODE_OPTIONS' ? undefined : value));
    const plain = JSON.parse(JSON.stringify(resilient), (key, value) => (key === 'NODE_OPTIONS' ? undefined : value));
    expect({ ...withoutBug, name: '', title: '' }).toEqual({ ...plain, name: '', title: '' });
  });

  it('is the only one with anything loaded into its layers', () => {
    for (const manifest of [resilient, coupled]) {
      for (const { env } of Object.values(manifest.nodes)) expect(env).not.toHaveProperty('NODE_OPTIONS');
    }
  });
});

describe('coupled', () => {
  it('is resilient but for its name and how it dispatches', () => {
    const { name: _name, title: _title, ...rest } = coupled;
    const { name: _otherName, title: _otherTitle, ...resilientRest } = resilient;
    const text = (value: unknown) => JSON.stringify(value).replace(/"OPENCLAW_DISPATCH":"(independent|coupled)"/, '');
    expect(text(rest)).toBe(text(resilientRest));
    expect(coupled.nodes.runtime?.env.OPENCLAW_DISPATCH).toBe('coupled');
    expect(resilient.nodes.runtime?.env.OPENCLAW_DISPATCH).toBe('independent');
  });
});
