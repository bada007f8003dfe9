/** How the built command loads its own files: as scripts of one function each, with the code that V8 had compiled of them
 *  when they were built (`keep-code.ts`). Node's own compile cache keeps what is compiled while a file is loaded, which is
 *  next to nothing: functions are compiled when they are first called, and compiling them anew was a quarter of `nwctl eval`.
 *
 *  The kept code is only ever a shortcut. V8 takes it if version, flags and source are those it was made with, and else
 *  compiles the source beside it. Nothing is written when nwctl runs. */

/** A part of Node by its name. An `import` would read every field of it once, and with that load what half of these fields
 *  stand for: streams, workers, web crypto. */
function part(name: string): unknown {
  // Commander asks for it, for commands that are programs of their own. Ours are not: it is loaded when somebody spawns.
  if (name === 'node:child_process') {
    return {
      get spawn() {
        return process.getBuiltinModule('node:child_process').spawn;
      },
      get spawnSync() {
        return process.getBuiltinModule('node:child_process').spawnSync;
      },
    };
  }
  return name === 'node:process' ? process : process.getBuiltinModule(name.startsWith('node:') ? name : `node:${name}`);
}

type Exports = Readonly<Record<string, unknown>>;
type Body = (
  exports: object,
  require: typeof part,
  module: { exports: Exports },
  nextTo: (name: string) => Exports,
) => void;

/** The built files of one folder, each loaded once. `made` is told of every script, for whoever keeps its code. */
export function keptIn(
  folder: string,
  made: (name: string, script: import('node:vm').Script) => void = () => undefined,
): (name: string) => Exports {
  const { Script } = process.getBuiltinModule('node:vm');
  const { readFileSync, existsSync } = process.getBuiltinModule('node:fs');
  const loaded = new Map<string, Exports>();
  const nextTo = (name: string): Exports => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const filename = `${folder}/${name}.cjs`;
    const code = `${folder}/${name}.code`;
    // What the build prints is ASCII.
    const script = new Script(readFileSync(filename, 'latin1'), {
      filename,
      ...(existsSync(code) ? { cachedData: readFileSync(code) } : {}),
    });
    made(name, script);
    const module = { exports: {} };
    // What is no part of Node was left out of the bundle: it is a package beside us.
    const required = (wanted: string): unknown =>
      part(wanted) ?? process.getBuiltinModule('node:module').createRequire(filename)(wanted);
    (script.runInThisContext() as Body)(module.exports, required, module, nextTo);
    loaded.set(name, module.exports);
    return module.exports;
  };
  return nextTo;
}
