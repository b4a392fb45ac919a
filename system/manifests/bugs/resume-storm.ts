/** A bug to be found: nothing remembers which messages were stored, so one that is sent again is stored again. */
import { Log } from '../../session/store/log.ts';

Log.prototype.offsetOf = () => undefined;
Log.prototype.remember = () => {};
