import { setTimeout as sleep } from "node:timers/promises"

/** Asks `wrong` until it finds nothing wrong; after `timeoutMs` fails with what it found last. */
export const waitFor = async (
  what: string,
  timeoutMs: number,
  wrong: () => Promise<string | undefined>
): Promise<void> => {
  const started = performance.now()
  for (;;) {
    const found = await wrong()
    if (found === undefined) return
    if (performance.now() - started > timeoutMs) throw new Error(`${what}: after ${timeoutMs / 1000} s still ${found}`)
    await sleep(100)
  }
}
