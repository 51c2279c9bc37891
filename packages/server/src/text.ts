/** Text that is compared: composed (NFC), so that what looks the same is the same. What is only shown stays as it was typed. */

/** Without blanks around it. */
export const toWord = (text: string): string => text.trim().normalize('NFC');

/** As `toWord`, in lower case: e-mail addresses, titles of labels, names of teams. */
export const toKey = (text: string): string => toWord(text).toLowerCase();
