/** The version of this contract, which the printed documents carry. */

export const VERSION = '0.1.0';
