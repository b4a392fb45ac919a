import { describe, expect, it } from 'vitest';
import { baseConfig, ConfigError, flag, gatewayUrl, loadConfig, port, variableOf } from './config.ts';

const shape = { ...baseConfig, port: port(3018), gatewayUrl, installSamples: flag(true) };
const good = { OPENCLAW_TOKEN: 'secret' };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(shape, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('loadConfig', () => {
  it('takes defaults, and an empty variable as unset', () => {
    const config = loadConfig(shape, { ...good, OPENCLAW_PORT: '', HOME: '/x' });
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3018,
      heartbeatMs: 5000,
      logLevel: 'info',
      installSamples: true,
    });
    expect(loadConfig(shape, { OPENCLAW_TOKEN: '' }).token).toBeUndefined();
    expect(config.home).toMatch(/\/\.openclaw$/);
    expect(config.gatewayUrl).toBe('http://127.0.0.1:3019');
  });

  it('reads every field from its variable', () => {
    const env = {
      ...good,
      OPENCLAW_PORT: '0',
      OPENCLAW_GATEWAY_URL: 'http://gateway:80/',
      OPENCLAW_INSTALL_SAMPLES: 'false',
    };
    expect(loadConfig(shape, env)).toMatchObject({ port: 0, gatewayUrl: 'http://gateway:80', installSamples: false });
    expect(variableOf('heartbeatMs')).toBe('OPENCLAW_HEARTBEAT_MS');
  });

  it.each([
    ['OPENCLAW_TOKEN', 'x'.repeat(5000)],
    ['OPENCLAW_TOKEN', 'with space'],
    ['OPENCLAW_PORT', '65536'],
    ['OPENCLAW_PORT', '-1'],
    ['OPENCLAW_PORT', '30.5'],
    ['OPENCLAW_HOME', 'relative/path'],
    ['OPENCLAW_HOST', 'a b'],
    ['OPENCLAW_HEARTBEAT_MS', '1'],
    ['OPENCLAW_HEARTBEAT_MS', 'soon'],
    ['OPENCLAW_LOG_LEVEL', 'loud'],
    ['OPENCLAW_GATEWAY_URL', 'gateway:3019'],
    ['OPENCLAW_GATEWAY_URL', 'ftp://gateway'],
    ['OPENCLAW_INSTALL_SAMPLES', 'yes'],
  ])('refuses %s=%j, naming the variable', (variable, value) => {
    const problems = problemsOf({ ...good, [variable]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(variable);
  });

  it('lists all problems at once with what was seen, but no secret', () => {
    const env = { OPENCLAW_PORT: 'http', OPENCLAW_TOKEN: 'a b c', OPENCLAW_LOG_LEVEL: 'x' };
    const text = problemsOf(env).join('\n');
    expect(text).toMatch(/OPENCLAW_PORT \("http"\)/);
    expect(text).toMatch(/OPENCLAW_TOKEN/);
    expect(text).toMatch(/OPENCLAW_LOG_LEVEL \("x"\)/);
    expect(text).not.toContain('a b c');
  });
});
