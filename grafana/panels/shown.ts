/** What every panel tells its reader. */
export interface Shown {
  readonly title: string;
  /** What one sees, and what to make of it. */
  readonly description: string;
}

/** A panel that shows figures. */
export interface Measured extends Shown {
  /** Grafana's name of the unit; see `appearance/units.ts`. */
  readonly unit: string;
}
