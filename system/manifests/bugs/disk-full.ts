/** A bug to be found: while the ledger's disk takes no writes, no slot is claimed. */
import { Ledger } from '../../runtime/ledger/ledger.ts';
import type { LedgerFile } from '../../runtime/ledger/ledger-file.ts';

const { claim } = Ledger.prototype;

Ledger.prototype.claim = function claimOnDiskOnly(...claimed) {
  const { file } = this as unknown as { readonly file: LedgerFile };
  if (file.trouble === null) claim.apply(this, claimed);
};
