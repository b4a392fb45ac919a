/** The worker's side: plays the one run that the gate asks for, tells what happens, and ends. */
import type { PlatformProvider } from '../../platform/platform.ts';
import { type RunResult, runScenario } from '../run.ts';
import type { RunListener } from '../run-listener.ts';
import { withStopSignal } from '../stop-signal.ts';
import { type PlayRequest, type ToGate, type ToWorker, type WireResult, wireError } from './messages.ts';
import { StrainGauge } from './strain-gauge.ts';

type ProviderOf = (request: PlayRequest) => PlatformProvider;

/** To be called once, in a process that was forked by `play.ts`. */
export async function serveRun(providerOf: ProviderOf): Promise<void> {
  const stop = new AbortController();
  const requested = Promise.withResolvers<PlayRequest>();
  process.on('message', (message: ToWorker) => {
    if (message.say === 'play') requested.resolve(message.request);
    else stop.abort();
  });
  // The gate is gone, and nobody will ask any more: what stands is undone all the same.
  process.on('disconnect', () => stop.abort());
  const request = await requested.promise;
  const result = await play(request, providerOf(request), stop.signal);
  // By force: whatever still holds the event loop has nothing left to do.
  tell({ say: 'result', result }, () => process.exit());
}

async function play(request: PlayRequest, provider: PlatformProvider, stop: AbortSignal): Promise<WireResult> {
  const gauge = new StrainGauge();
  const listener: Required<RunListener> = {
    progress: (what) => tell({ say: 'progress', what }),
    stage: (what) => {
      gauge.enter(what);
      tell({ say: 'stage', what });
    },
    fault: (what) => tell({ say: 'fault', what }),
    alert: (what) => tell({ say: 'alert', what }),
    snapshot: (what) => tell({ say: 'snapshot', what }),
  };
  let result: RunResult | undefined;
  try {
    await withStopSignal(
      async (signals) => {
        const signal = AbortSignal.any([signals, stop]);
        result = await runScenario({ ...request, provider, listener, signal });
      },
      (text) => listener.progress(text),
    );
  } catch (error) {
    return { interrupted: false, notUndone: result?.notUndone ?? [], error: wireError(error as Error) };
  }
  const { verdict, independence, interrupted = false, notUndone = [], error } = result ?? {};
  return {
    interrupted,
    notUndone,
    ...(verdict && { verdict }),
    ...(independence && { independence }),
    ...(error && { error: wireError(error) }),
    ...(gauge.strain && { strain: gauge.strain }),
  };
}

/** To a gate that is gone, nothing is told. */
function tell(message: ToGate, then: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, then);
  else then();
}
