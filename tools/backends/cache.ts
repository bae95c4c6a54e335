import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import type { Report } from "./Backend.ts"
import { holding } from "./hold.ts"

/** Where built servers and running instances live, outside the checkout. */
export const cacheDir = (): string => process.env.ORRERY_CACHE ?? join(homedir(), ".cache", "orrery")

/** A thing that is built once: its directory's name ends with the fingerprint of all that it is made from. */
export interface Artifact {
  readonly dir: string
  /** Its last file: whole when this is there. */
  readonly stamp: string
}

/** Names the artifact made from these files and words. Other content is another artifact, so none is ever stale. */
export const artifact = (name: string, files: ReadonlyArray<string>, words: ReadonlyArray<string> = []): Artifact => {
  const hash = createHash("sha256")
  for (const file of files) hash.update(readFileSync(file)).update("\0")
  for (const word of words) hash.update(word).update("\0")
  const dir = join(cacheDir(), `${name}-${hash.digest("hex").slice(0, 8)}`)
  return { dir, stamp: join(dir, ".built") }
}

/** Is it there, whole? */
export const isBuilt = (it: Artifact): boolean => existsSync(it.stamp)

const minutes = (sinceMs: number) => Math.floor((performance.now() - sinceMs) / 60_000)

/**
 * Builds it unless it is there, one process at a time. `make` puts everything into `dir` and may be cut off at any
 * point: a directory without its stamp is thrown away. While it runs, a line a minute says which step takes so long.
 */
export const buildOnce = async (
  it: Artifact,
  name: string,
  report: Report,
  make: (dir: string, step: (what: string) => void) => Promise<void>
): Promise<void> => {
  if (isBuilt(it)) return
  const onWait = () => report(`${name}: another process is building it, waiting`)
  await holding(`build:${it.dir}`, onWait, async () => {
    if (isBuilt(it)) return
    rmSync(it.dir, { recursive: true, force: true })
    mkdirSync(it.dir, { recursive: true })
    const startedMs = performance.now()
    let current = "building"
    const step = (what: string) => {
      current = what
      report(`${name}: ${what}`)
    }
    const ticker = setInterval(() => report(`${name}: ${current}, ${minutes(startedMs)} min so far`), 60_000)
    try {
      await make(it.dir, step)
      writeFileSync(it.stamp, `${new Date().toISOString()}\n`)
      report(`${name}: built in ${Math.round((performance.now() - startedMs) / 1000)} s into ${it.dir}`)
    } finally {
      clearInterval(ticker)
    }
  })
}
