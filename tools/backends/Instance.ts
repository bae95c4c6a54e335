import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join, resolve } from "node:path"
import type { Options, Running } from "./Backend.ts"
import { cacheDir } from "./cache.ts"

/** A server that was started, as its state directory tells it. Without `running` its start did not end. */
export interface Instance {
  readonly id: string
  readonly backend: string
  readonly state: string
  readonly since: string
  readonly options: Options
  readonly running?: Running
}

const recordFile = "instance.json"
const runDir = () => join(cacheDir(), "run")

const write = (instance: Instance): Instance => {
  const file = join(instance.state, recordFile)
  writeFileSync(`${file}.new`, `${JSON.stringify(instance, null, 2)}\n`)
  renameSync(`${file}.new`, file)
  return instance
}

/** Takes the first free number: making the directory, or the link to it, is what decides among starts at the same time. */
const claim = (backend: string, state: string | undefined): { readonly id: string; readonly state: string } => {
  mkdirSync(runDir(), { recursive: true })
  for (let number = 1; ; number++) {
    const id = `${backend}-${number}`
    const path = join(runDir(), id)
    try {
      if (state === undefined) mkdirSync(path, { mode: 0o755 })
      else symlinkSync(state, path)
      return { id, state: state ?? path }
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
    }
  }
}

/** Makes a new instance's state directory, where asked or under the cache, before anything of it starts. */
export const createInstance = (backend: string, options: Options, dir?: string): Instance => {
  const wanted = dir === undefined ? undefined : resolve(dir)
  if (wanted !== undefined) mkdirSync(wanted, { recursive: true })
  const known = wanted === undefined ? undefined : listInstances().find((it) => it.state === realpathSync(wanted))
  const { id, state } = known ?? claim(backend, wanted && realpathSync(wanted))
  return write({ id, backend, state, options, since: new Date().toISOString() })
}

/** Records that it answers. */
export const markRunning = (instance: Instance, running: Running): Instance => write({ ...instance, running })

/** All instances on this machine, oldest name first. */
export const listInstances = (): ReadonlyArray<Instance> => {
  if (!existsSync(runDir())) return []
  return readdirSync(runDir())
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((id) => {
      try {
        const found = JSON.parse(readFileSync(join(runDir(), id, recordFile), "utf8")) as Instance
        // a state directory that somebody put here, too, is no second instance
        return found.id === id ? [found] : []
      } catch {
        return []
      }
    })
}

/** Those that a person means by a backend's name, an instance's name or a state directory. */
export const findInstances = (named: string): ReadonlyArray<Instance> =>
  listInstances().filter((it) => it.id === named || it.backend === named || it.state === resolve(named))

/** Forgets it. A directory that somebody gave us stays, with what it held. */
export const removeInstance = (instance: Instance): void => {
  rmSync(join(instance.state, recordFile), { force: true })
  rmSync(join(runDir(), instance.id), { recursive: true, force: true })
}
