/** Stored milliseconds to the forms of the wire (client-api.md section 1.3, application-api.md section 1.2). */

/** Unix seconds, 0 for never. */
export const toUnix = (ms: number | null): number => (ms === null ? 0 : Math.floor(ms / 1000));

export const toIso = (ms: number): string => new Date(ms).toISOString();

export const toIsoOrNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));
