/** The colour functions that picocolors gives: each leaves text as it is where colour is not wanted. */
import type pc from 'picocolors';

export type Colors = typeof pc;
