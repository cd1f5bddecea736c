/** Node's globals for the browser, as far as the sources use them. esbuild injects them. */

const encoder = new TextEncoder();

export const Buffer = {
  /** The length of the text in UTF-8. */
  byteLength: (text: string): number => encoder.encode(text).length,
  /** Only compressed payloads need bytes, and {@link process} rejects those. */
  from: (text: string): string => text,
};

export const process = {
  platform: 'browser',
  getBuiltinModule: () => ({gunzipSync: refuse}),
};

function refuse(): never {
  throw new Error('the playground does not support compressed payloads. Use `port-reactor explain`');
}
