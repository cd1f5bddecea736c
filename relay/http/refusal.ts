/** Refusals of an HTTP request, each with the status it is answered with. */
import {ReactorError} from '../../src/base/errors.ts';

/** The request can't be taken. The message is a sentence for the sender. */
export class HttpRefusal extends ReactorError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The sender left before the body was whole: there is nobody to answer. */
export class HungUp extends ReactorError {
  constructor() {
    super('the sender hung up before the body was whole');
  }
}
