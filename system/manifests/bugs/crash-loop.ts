/** A bug to be found: a skill that fails again and again is never given a pause. */
import { FailureBackoff } from '../../runtime/dispatch/failure-backoff.ts';

FailureBackoff.prototype.isPaused = () => false;
