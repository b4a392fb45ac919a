/** A bug to be found: nobody looks whether peers are still there. */
import { Heartbeat } from '../../session/heartbeat.ts';

Heartbeat.prototype.add = () => {};
