/** Keys while text is composed with an input method (Chinese, Japanese, Korean, and others). */

/** The fields of a page's keyboard event that this file reads; declared here because this package has no types of the DOM. */
export interface KeyPress {
  readonly key: string;
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/**
 * The key belongs to the input method. Safari ends the composition before it reports the key that ended it, so that
 * `isComposing` is false then; the key code is 229 in every browser (UI Events, section "Input Method Editors").
 */
export const isComposing = (event: KeyPress): boolean => event.isComposing || event.keyCode === 229;

/** Enter that is meant as such: it does not choose a candidate of an input method. */
export const isEnter = (event: KeyPress): boolean => event.key === 'Enter' && !isComposing(event);

/** Enter that chooses a candidate. Prevent its default in an `input`: some browsers submit the form around it. */
export const isComposedEnter = (event: KeyPress): boolean => event.key === 'Enter' && isComposing(event);
