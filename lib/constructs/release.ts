import manifest from '../../package.json' with { type: 'json' };

/** The release that is synthesised. Every function and every machine says it, so that a rollback finds its version. */
export const RELEASE = manifest.version;

/** The alias that everything is called by: deploying points it at the new version, a rollback points it back. */
export const LIVE = 'live';
