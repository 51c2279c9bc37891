/** Addresses that the server may be asked to call: their form. Whether one may really be dialled is decided when it is. */

/** Whether the text is an http or https address. */
export const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
