/** Raises and lowers the alarm of one stage, and tells what its alerts went through. */
import { setTimeout as sleep } from 'node:timers/promises';
import { contentOf, type Json } from './answer.ts';
import { ask, type Reply } from './ask.ts';
import { type Case, instant, requests } from './case.ts';
import { type Stage, sideOf } from './stage.ts';

export interface AlarmCourse {
  /** `/api/v1/alerts` and `/api/v1/rules` at each point of the course, without moments. */
  readonly points: Readonly<Record<string, { readonly alerts: Json; readonly rules: Json }>>;
  /** States that the series `ALERTS` went through, in their order. */
  readonly states: Readonly<Record<string, readonly string[]>>;
  /** From the first pending to the first firing evaluation. */
  readonly pendingMs: number;
}

const alarm = 3;
const withinMs = 30_000;
const [alerts, rules] = requests('/api/v1/alerts\n/api/v1/rules', { jitter: ['times'] }) as [Case, Case];
const [series] = instant('NOW', 'ALERTS{alertname=~"Alarm.*"}[5m]') as [Case];

export async function alarmCourse(stage: Stage): Promise<AlarmCourse> {
  stage.target.alarm = alarm;
  const pending = await reached(stage, { AlarmLingers: 'firing', AlarmRaised: 'pending' });
  const firing = await reached(stage, { AlarmLingers: 'firing', AlarmRaised: 'firing' });
  stage.target.alarm = 0;
  const lingering = await reached(stage, { AlarmLingers: 'firing' });
  const over = await reached(stage, {});
  return { points: { pending, firing, lingering, over }, ...(await recordedStates(stage)) };
}

/** Waits until exactly these of the scripted alerts are active; in the order of their names. */
async function reached(stage: Stage, wanted: Readonly<Record<string, string>>) {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const reply = await askNow(alerts, stage);
    const states = statesOf(reply);
    if (JSON.stringify(states) === JSON.stringify(wanted)) {
      const [of, all] = [reply, await askNow(rules, stage)].map((each) => contentOf(each, ['times'])) as [Json, Json];
      return { alerts: of, rules: all };
    }
    if (performance.now() > deadline) {
      throw new Error(`alerts are not ${JSON.stringify(wanted)} but ${JSON.stringify(states)}`);
    }
    await sleep(50);
  }
}

interface Alert {
  readonly labels: { readonly alertname: string };
  readonly state: string;
}

function statesOf({ text }: Reply): Record<string, string> {
  const { data } = JSON.parse(text) as { data: { alerts: readonly Alert[] } };
  const ours = data.alerts.filter(({ labels }) => labels.alertname.startsWith('Alarm'));
  const states = ours.map(({ labels, state }) => [labels.alertname, state] as const);
  return Object.fromEntries(states.sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Row {
  readonly metric: { readonly alertname: string; readonly alertstate: string };
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

async function recordedStates(stage: Stage): Promise<Pick<AlarmCourse, 'states' | 'pendingMs'>> {
  const { text } = await askNow(series, stage);
  const { data } = JSON.parse(text) as { data: { result: readonly Row[] } };
  const starts = data.result
    .map(({ metric, values }) => ({ ...metric, atMs: (values[0]?.[0] ?? Number.NaN) * 1_000 }))
    .sort((a, b) => a.atMs - b.atMs);
  const at = (state: string) =>
    starts.find(({ alertname, alertstate }) => alertname === 'AlarmRaised' && alertstate === state)?.atMs ?? Number.NaN;
  const byAlert = Map.groupBy(starts, ({ alertname }) => alertname);
  const states = [...byAlert].map(([name, rows]) => [name, rows.map(({ alertstate }) => alertstate)] as const);
  return {
    states: Object.fromEntries(states.sort(([a], [b]) => (a < b ? -1 : 1))),
    pendingMs: at('firing') - at('pending'),
  };
}

function askNow(one: Case, stage: Stage): Promise<Reply> {
  return ask(one, sideOf(stage, Date.now()));
}
