/**
 * Node itself runs the tests, in processes that load each module once. The light runner would use its own process for a single
 * worker, and fails there if there are two projects.
 */
import {createRunner} from 'jest-light-runner';

export default class extends createRunner({runtime: 'child_process'}) {
  _runtime = 'child_process';
}
