/** Node's globals for the browser: the parts that the sources use. esbuild puts them in the place of the real ones. */

const encoder = new TextEncoder();

export const Buffer = {
  /** Of the text in UTF-8. */
  byteLength: (text: string): number => encoder.encode(text).length,
  /** Only compressed payloads need bytes, and {@link process} refuses those. */
  from: (text: string): string => text,
};

export const process = {
  platform: 'browser',
  getBuiltinModule: () => ({gunzipSync: refuse}),
};

function refuse(): never {
  throw new Error('the playground does not read compressed payloads, but `port-reactor explain` does');
}
