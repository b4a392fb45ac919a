/**
 * A bug to be found: a slot's claim is committed only a moment after its process was started, and nothing else tells the next runtime
 * of that process: the folders of attempts, which would, are gone when it boots, unless the ledger knows their run.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Ledger } from '../../runtime/ledger/ledger.ts';

const laterMs = 400;
const { exec } = DatabaseSync.prototype;
let claiming = false;
/** With a claim in it, and all that came after. */
let uncommitted: DatabaseSync | undefined;

DatabaseSync.prototype.exec = function commitClaimsLater(sql) {
  if (sql.startsWith('BEGIN') && uncommitted === this) return;
  if (sql !== 'COMMIT' || (!claiming && uncommitted !== this)) return exec.call(this, sql);
  if (uncommitted === this) return;
  uncommitted = this;
  setTimeout(() => {
    uncommitted = undefined;
    if (this.isOpen && this.isTransaction) exec.call(this, 'COMMIT');
  }, laterMs);
};

const { claim } = Ledger.prototype;

Ledger.prototype.claim = function claimLater(...claimed) {
  claiming = true;
  try {
    claim.apply(this, claimed);
  } finally {
    claiming = false;
  }
};

if (process.argv[1]?.endsWith('runtime/main.ts')) forgetUnclaimed(join(process.env.OPENCLAW_HOME ?? '', 'state'));

function forgetUnclaimed(state: string): void {
  const [ledger, runs] = [join(state, 'runtime.sqlite'), join(state, 'runs')];
  if (!existsSync(ledger) || !existsSync(runs)) return;
  const db = new DatabaseSync(ledger);
  const known = db.prepare('SELECT 1 FROM runs WHERE id = ?');
  for (const run of readdirSync(runs)) {
    if (run.includes('@') && known.get(run) === undefined) rmSync(join(runs, run), { recursive: true, force: true });
  }
  db.close();
}
