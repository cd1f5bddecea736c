/** Errors that end an HTTP request. */
import {ReactorError} from '../../src/base/errors.ts';

/** A refusal with an HTTP status. The message is a sentence for the sender. */
export class HttpRefusal extends ReactorError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The sender disconnected before the body was complete, so no response can be sent. */
export class SenderDisconnected extends ReactorError {
  constructor() {
    super('the sender disconnected before the body was complete');
  }
}
