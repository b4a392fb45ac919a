/** The plays that targets give: each path's answer to its nth scrape, well behaved or not. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** What a play may depend on. */
export interface Scene {
  /** Scrapes of this path before this one. */
  readonly turn: number;
  /** Start of the history, Unix milliseconds. */
  readonly baseMs: number;
  /** The history's exposition. */
  readonly history: string;
  /** What the driver has set the alarm to. */
  readonly alarm: number;
}

type Script = (response: ServerResponse, scene: Scene) => void;

const classic = 'text/plain; version=0.0.4; charset=utf-8';
const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

function say(body: (scene: Scene) => string, contentType = classic): Script {
  return (response, scene) => response.writeHead(200, { 'content-type': contentType }).end(body(scene));
}

function refuse(status: number): Script {
  return (response) => response.writeHead(status, { 'content-type': 'text/plain' }).end('not today\n');
}

const gauge = (name: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${name}{index="${index}"} ${index}\n`).join('');

/** Seconds as OpenMetrics writes a timestamp. */
const at = (scene: Scene, seconds: number): string => (scene.baseMs / 1_000 + seconds).toFixed(3);

export const scripts = {
  history: say(({ history }) => history),

  openmetrics: say(
    (scene) => `# TYPE jobs counter
# HELP jobs Jobs done.
jobs_total{queue="a"} 17.0 ${at(scene, 300)} # {trace_id="0af7"} 0.5 ${at(scene, 300)}
jobs_created{queue="a"} ${at(scene, 0)} ${at(scene, 300)}
# TYPE size_bytes histogram
# UNIT size_bytes bytes
size_bytes_bucket{le="1"} 2 ${at(scene, 300)}
size_bytes_bucket{le="10.0"} 5 ${at(scene, 300)} # {trace_id="1bf8"} 9.8
size_bytes_bucket{le="+Inf"} 6 ${at(scene, 300)}
size_bytes_count 6 ${at(scene, 300)}
size_bytes_sum 93.5 ${at(scene, 300)}
# TYPE mode stateset
mode{mode="fast"} 1 ${at(scene, 300)}
mode{mode="slow"} 0 ${at(scene, 300)}
# TYPE release info
release_info{version="2"} 1 ${at(scene, 300)}
# TYPE unknown_thing unknown
unknown_thing NaN ${at(scene, 300)}
# EOF
`,
    openMetrics,
  ),

  utf8: say(
    ({ baseMs }) => `# TYPE "service.requests" counter
{"service.requests","http.method"="GET"} 5 ${baseMs + 300_000}
{"service.requests","http.method"="POST"} 7 ${baseMs + 300_000}
{"数","单位"="个"} 3 ${baseMs + 300_000}
{"plain_in_quotes",a="b"} 1 ${baseMs + 300_000}
`,
    'text/plain; version=1.0.0; escaping=allow-utf-8; charset=utf-8',
  ),

  /** Claims to be somebody else. */
  claims: say(() => `claim{job="theirs",instance="elsewhere"} 1\nclaim{exported_job="already"} 2\nclaim{job=""} 3\n`),
  /** Timestamps that a server may be told to ignore. */
  dated: say(({ baseMs }) => `dated_value 5 ${baseMs}\n`),
  plain: say(() => `# some comment\n\n  # TYPE plain_value gauge\nplain_value 3.25\nplain_value{ a = "b" , } +1e3\n`),
  bucketed: say(() => `# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 1\nh_count 1\nh_sum 0.5\n`),
  compressed: (response) =>
    response
      .writeHead(200, { 'content-type': classic, 'content-encoding': 'gzip' })
      .end(gzipSync('compressed_value 11\n')),
  compressed_if_asked: (response) =>
    response
      .writeHead(200, { 'content-type': classic })
      .end(`compression_asked ${String(response.req.headers['accept-encoding']).includes('gzip') ? 1 : 0}\n`),
  moved: (response, scene) =>
    response.req.url?.endsWith('?here')
      ? say(() => 'moved_value 1\n')(response, scene)
      : response.writeHead(302, { location: '/moved?here' }).end(),
  empty: say(() => ''),
  alarm: say(({ alarm }) => `alarm_level{line="one"} ${alarm}\nalarm_level{line="two"} 0\n`),

  /** A series that vanishes, returns and vanishes for good; the target is up all along. */
  flapping: say(({ turn }) => {
    const there = turn < 2 || turn === 3;
    return `flapping_turn{kept="yes"} ${Math.min(turn, 5)}\n${there ? `flapping_value ${turn}\n` : ''}`;
  }),
  /** A target that fails, recovers and fails for good. */
  wavering: (response, scene) => {
    const well = scene.turn < 2 || scene.turn === 3;
    (well ? say(({ turn }) => `wavering_value ${turn}\n`) : refuse(503))(response, scene);
  },

  broken: refuse(500),
  missing: refuse(404),
  silent: () => undefined,
  stalled: (response) => response.writeHead(200, { 'content-type': classic }).write('stalled_value 1\n'),
  cut: (response) => {
    response.writeHead(200, { 'content-type': classic, 'content-length': 1_000 }).write('cut_value 1\n');
    setTimeout(() => response.destroy(), 50);
  },
  slammed: (response) => response.destroy(),
  garbage: say(() => 'good_value 1\n\u0001\u0002{{{ not metrics\n'),
  garbage_value: say(() => 'good_value 1\nbad_value one\n'),
  garbage_hex: say(() => 'bad_value 0x1p-2\n'),
  garbage_label: say(() => 'bad_value{a="b} 1\n'),
  garbage_bytes: (response) =>
    response.writeHead(200, { 'content-type': classic }).end(Buffer.from('bad_value{a="\xff"} 1\n', 'latin1')),
  garbage_gzip: (response) =>
    response.writeHead(200, { 'content-type': classic, 'content-encoding': 'gzip' }).end('no gzip at all'),
  cut_gzip: (response) =>
    response
      .writeHead(200, { 'content-type': classic, 'content-encoding': 'gzip' })
      .end(gzipSync(gauge('cut_gzip_value', 50)).subarray(0, 60)),
  unended: say(() => 'unended_value 1\n', openMetrics),
  html: say(() => '<html></html>', 'text/html'),
  untyped: (response) => response.writeHead(200).end('untyped_value 1\n'),
  fallback: (response) => response.writeHead(200).end('fallback_value 1\n'),
  too_many_samples: say(() => gauge('too_many_samples', 5)),
  too_many_labels: say(() => 'too_many_labels{a="1",b="2",c="3",d="4"} 1\n'),
  too_long_value: say(() => `too_long_value{a="${'x'.repeat(100)}"} 1\n`),
  too_long_name: say(() => `too_long_name{${'n'.repeat(60)}="1"} 1\n`),
  too_big: say(() => gauge('too_big', 500)),
  twice: say(() => 'twice_value 1\ntwice_value 2\nonce_value 3\n'),
} satisfies Record<string, Script>;

export type ScriptName = keyof typeof scripts;
