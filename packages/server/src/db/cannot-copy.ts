/** The error of copies of the database. */

/** The database that should be copied is not there, or a program or space that this needs. The message says what to do. */
export class CannotCopy extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotCopy';
  }
}
