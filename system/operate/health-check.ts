/** Asks everything at once and makes a report of it. */
import { z } from 'zod';
import { layerNames, type Operated } from './addresses.ts';
import { type Answer, ask, refusalOf } from './ask.ts';
import { askLayer, type LayerAnswer, patienceMs } from './health-layers.ts';
import type { HealthReport } from './health-report.ts';
import { skillsHealth } from './health-skills.ts';
import { healthVerdict } from './health-verdict.ts';

/** The gateway's view of the others: members that are not there say nothing. */
const statusBody = z.object({
  layers: z.record(
    z.string(),
    z.object({ state: z.string(), ageSeconds: z.number().nullable().catch(null) }).optional(),
  ),
});

/** Takes a second and a half at most. */
export async function checkHealth(where: Operated): Promise<HealthReport> {
  const { urls, token } = where;
  const question = { timeoutMs: patienceMs, token };
  const [answers, status, skills] = await Promise.all([
    Promise.all(layerNames.map((name) => askLayer(name, urls))),
    ask(`${urls.gateway}/v1/status`, question),
    ask(`${urls.runtime}/v1/skills`, question),
  ]);
  const now = Date.now();
  const told = skillsHealth(skills, isUp(answers, 'runtime'), where, now);
  const layers = answers.map(({ health }) => health);
  const problems = [...linkProblems(answers), ...gatewayProblems(answers, status), ...told.problems];
  const known = { layers, skillsFrom: told.skillsFrom, skills: [...told.skills], problems };
  return { schema: 'openclaw-health/1', at: now, ...healthVerdict(known), ...known };
}

/** That nobody reaches a gateway that is down is no news. */
function linkProblems(answers: readonly LayerAnswer[]): string[] {
  if (!isUp(answers, 'gateway')) return [];
  return answers
    .filter(({ reachesGateway }) => reachesGateway === false)
    .map(({ health }) => `the ${health.name} cannot reach the gateway`);
}

function gatewayProblems(answers: readonly LayerAnswer[], status: Answer): string[] {
  if (!isUp(answers, 'gateway')) return [];
  if (!status.ok) return [`the gateway's /v1/status ${status.why}`];
  if (status.status !== 200) return [`the gateway's /v1/status ${refusalOf(status)}`];
  const told = statusBody.safeParse(status.body).data;
  if (told === undefined) return ["the gateway's /v1/status cannot be read"];
  return (['session', 'runtime'] as const)
    .filter((name) => isUp(answers, name) && told.layers[name]?.state === 'unknown')
    .map((name) => {
      const age = told.layers[name]?.ageSeconds ?? null;
      return `the gateway has not heard from the ${name}${age === null ? '' : ` for ${Math.round(age)} s`}`;
    });
}

function isUp(answers: readonly LayerAnswer[], name: string): boolean {
  return answers.some(({ health }) => health.name === name && health.state !== 'down');
}
