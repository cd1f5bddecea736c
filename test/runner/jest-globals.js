/** `@jest/globals`, which only Jest's default runner provides. The light runner sets these on the global object. */
export const {afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test} = globalThis;
