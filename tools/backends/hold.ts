import { createServer, type Server } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

const release = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))

/**
 * Takes a name for this process, if nobody on the machine has it, and gives back how to let go of it.
 * An abstract socket: the kernel lets go of it when we die, however we die, so no name is ever held by the dead.
 */
export const tryHold = (name: string): Promise<(() => Promise<void>) | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", (cause: NodeJS.ErrnoException) =>
      cause.code === "EADDRINUSE" ? resolve(undefined) : reject(cause)
    )
    server.listen(`\0orrery:${name}`, () => {
      server.unref()
      resolve(() => release(server))
    })
  })

/** Runs `work` while nobody else on this machine runs under the same name. Calls `onWait` once if it must wait. */
export const holding = async <A>(name: string, onWait: () => void, work: () => Promise<A>): Promise<A> => {
  let letGo = await tryHold(name)
  if (letGo === undefined) onWait()
  while (letGo === undefined) {
    await sleep(200)
    letGo = await tryHold(name)
  }
  try {
    return await work()
  } finally {
    await letGo()
  }
}
