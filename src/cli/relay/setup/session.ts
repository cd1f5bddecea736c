/** The state of a setup, which the page shows and the command waits for. */
import type {CreatedApp} from './github.ts';

export type Phase =
  | {readonly kind: 'start'}
  /** The App exists and its settings are written. `problem` describes why its installation is not complete. */
  | {readonly kind: 'created'; readonly app: CreatedApp; readonly problem: string | undefined}
  | {readonly kind: 'installed'; readonly app: CreatedApp}
  /** The final phase without an installation. */
  | {readonly kind: 'ended'; readonly why: string};

export class Session {
  #phase: Phase = {kind: 'start'};
  readonly #listeners = new Set<() => void>();

  get phase(): Phase {
    return this.#phase;
  }

  moveTo(phase: Phase): void {
    this.#phase = phase;
    for (const listener of [...this.#listeners]) listener();
  }

  /** @returns a function that removes the listener */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves when the session reaches a phase of this kind. */
  async reach<Kind extends Phase['kind']>(kind: Kind): Promise<Extract<Phase, {kind: Kind}>> {
    for (;;) {
      const phase = this.#phase;
      if (phase.kind === kind) return phase as Extract<Phase, {kind: Kind}>;
      await new Promise<void>(resolve => {
        const stop = this.onChange(() => {
          stop();
          resolve();
        });
      });
    }
  }
}
