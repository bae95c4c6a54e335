import { connect } from "node:net"
import { Effect } from "effect"

/** Whether somebody listens on a port of this machine. */
export const accepts = (port: number): Effect.Effect<boolean> =>
  Effect.callback<boolean>((resume) => {
    const socket = connect({ port, host: "127.0.0.1" })
    const answer = (accepted: boolean) => {
      socket.destroy()
      resume(Effect.succeed(accepted))
    }
    socket.once("connect", () => answer(true)).once("error", () => answer(false))
    return Effect.sync(() => socket.destroy())
  })
