/** The version that every layer reports: the package's own. */
import packageJson from '../../package.json' with { type: 'json' };

export const version: string = packageJson.version;
