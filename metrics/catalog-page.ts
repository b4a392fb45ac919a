/** The catalogue as a page for people: what stands in `metrics/README.md` below its hand-written head. */
import { catalog, type MetricSpec } from './catalog.ts';
import { isClosed } from './label-values.ts';
import { type Exposer, exposers, type OpenLabel, other } from './metric-spec.ts';

/** Everything after this line is generated. */
const marker = '<!-- From here on made by `npm run generate` from metrics/catalog-*.ts. Changes belong there. -->';

const titles: Readonly<Record<Exposer | 'shared', string>> = {
  shared: 'Several layers',
  session: 'Session layer',
  gateway: 'Gateway core',
  runtime: 'Skill runtime',
  harness: 'The harness (its recorder, `job="chaos"`)',
};

/** The page with its generated part made anew; the head is kept as it is. */
export function withCatalog(page: string): string {
  const [head = ''] = page.split(marker);
  return `${head}${marker}\n\n${sections().join('\n')}`;
}

function sections(): string[] {
  const all = Object.entries(catalog) as [string, MetricSpec][];
  return (['shared', ...exposers] as const).map((part) => {
    const own = all.filter(([, spec]) => partOf(spec) === part);
    const rows = own.map(([name, spec]) => row(name, spec));
    const table = `| metric | type, unit | labels | what it is | what for |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
    return `## ${titles[part]}\n\n${table}${bounds(own.map(([, spec]) => spec))}`;
  });
}

/** Who bounds the open labels of these metrics: said once for all of them. */
function bounds(specs: readonly MetricSpec[]): string {
  const each = specs.flatMap(({ labels }) =>
    Object.entries(labels).flatMap(([label, allowed]) =>
      isClosed(allowed) || allowed.values !== undefined
        ? []
        : [`- \`${label}\`: ${upTo(allowed.atMost)}, by ${allowed.boundedBy}.`],
    ),
  );
  if (each.length === 0) return '';
  return `\nOpen labels, and who bounds them (what comes beyond the number is \`${other}\`):\n\n${[...new Set(each)].join('\n')}\n`;
}

function partOf({ layers }: MetricSpec): Exposer | 'shared' {
  const [only, ...more] = layers;
  return only === undefined || more.length > 0 ? 'shared' : only;
}

function row(name: string, spec: MetricSpec): string {
  const shownBy = partOf(spec) === 'shared' && spec.layers.length < 3 ? ` (${spec.layers.join(', ')})` : '';
  const cells = [
    `\`${name}\`${shownBy}`,
    `${spec.type}, ${spec.unit}`,
    labelsOf(spec),
    spec.buckets === undefined ? spec.help : `${spec.help} Buckets to ${spec.buckets.at(-1)}.`,
    spec.why,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function labelsOf({ labels }: MetricSpec): string {
  const written = Object.entries(labels).map(([label, allowed]) => {
    const values = isClosed(allowed) ? allowed : allowed.values;
    return `\`${label}\`: ${values?.map((value) => `\`${value}\``).join(' ') ?? upTo((allowed as OpenLabel).atMost)}`;
  });
  return written.join('<br>') || '·';
}

function upTo(values: number): string {
  return values === 1 ? 'one value' : `up to ${values.toLocaleString('en')} values`;
}
