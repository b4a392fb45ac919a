/** For tests: what a run of the sample plan came to, with whatever is to be different. */
import type { RunResult } from '../run/run.ts';
import { heldEvidence, planOf } from '../verdict/verdict.fixture.ts';
import { judge } from '../verdict/verdict.ts';

type Evidence = ReturnType<typeof heldEvidence>;

/** As a run ends under which everything held, but for what is done to its evidence. */
export function judgedRun(spoil: (evidence: Evidence) => void = () => {}, scenarioName = 'sample'): RunResult {
  const plan = planOf({ scenarioName });
  const evidence = heldEvidence(plan);
  spoil(evidence);
  return { ...unjudgedRun(scenarioName), plan, verdict: judge(plan, evidence) };
}

/** As a run ends that came to no verdict. */
export function unjudgedRun(scenarioName = 'sample'): RunResult {
  const plan = planOf({ scenarioName });
  return { runId: 'a-run', runDir: '/runs/a-run', plan, interrupted: false, notUndone: [] };
}
