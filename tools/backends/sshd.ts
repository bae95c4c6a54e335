import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import type { Backend } from "./Backend.ts"
import { freePorts } from "./freePorts.ts"
import { runInTree, startInTree } from "./inTree.ts"
import { endProcess, livePid, logTail } from "./Process.ts"
import { buildTree, lacksForTree, treeUser } from "./tree.ts"
import { waitFor } from "./waitFor.ts"

/** Key login only. Generous limits, as tests open many sessions at once. */
const config = (state: string, port: number): string => `ListenAddress 127.0.0.1:${port}
HostKey ${state}/host_ed25519
PidFile none
AuthorizedKeysFile ${state}/authorized_keys
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
PrintMotd no
MaxStartups 200:30:400
MaxSessions 100
AcceptEnv *
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
Subsystem sftp internal-sftp
`

/** Key pairs come from the tree's own ssh-keygen, so that this machine needs none. */
const newKey = async (state: string, name: string): Promise<void> => {
  const file = join(state, name)
  if (existsSync(file)) return
  await runInTree(state, ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file])
}

const greeting = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.setTimeout(2_000, () => socket.destroy(new Error("silent")))
    socket.once("error", (cause) => resolve(`not answering: ${cause.message}`))
    socket.once("data", (data) => {
      socket.destroy()
      resolve(data.toString().startsWith("SSH-") ? undefined : "not speaking SSH")
    })
  })

const health = async (state: string): Promise<string | undefined> => {
  if (livePid(state, "sshd") === undefined) return `not running\n${logTail(state, "sshd")}`
  return greeting(Number(readFileSync(join(state, "port"), "utf8")))
}

/** An OpenSSH server with a user and a key. Needs root. */
export const sshd: Backend = {
  name: "sshd",
  about: `OpenSSH; log in by key as ${treeUser.name} or root`,
  main: "sshd",
  options: {},
  lacks: lacksForTree,
  build: buildTree,
  start: async (state) => {
    const [port = 0] = await freePorts(1)
    writeFileSync(join(state, "port"), `${port}\n`)
    await newKey(state, "host_ed25519")
    await newKey(state, "id_ed25519")
    copyFileSync(join(state, "id_ed25519.pub"), join(state, "authorized_keys"))
    chmodSync(join(state, "authorized_keys"), 0o644)
    writeFileSync(join(state, "sshd_config"), config(state, port))
    startInTree(state, "sshd", ["/usr/sbin/sshd", "-D", "-e", "-f", join(state, "sshd_config")], {})
    await waitFor("sshd", 90_000, () => health(state))
    return {
      endpoint: `127.0.0.1:${port}`,
      env: {
        ORRERY_SSH_HOST: "127.0.0.1",
        ORRERY_SSH_PORT: String(port),
        ORRERY_SSH_USER: treeUser.name,
        ORRERY_SSH_KEY: join(state, "id_ed25519"),
        ORRERY_SSH_HOST_KEY: join(state, "host_ed25519.pub")
      }
    }
  },
  health,
  stop: (state) => endProcess(state, "sshd")
}
