import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePorts } from "./freePorts.ts"
import { startInTree, wrap } from "./inTree.ts"
import { kubeBinaries } from "./kubeBinaries.ts"
import { endProcess, livePid, logTail, startProcess } from "./Process.ts"
import { outcome, run } from "./run.ts"
import { tree } from "./tree.ts"
import { waitFor } from "./waitFor.ts"

// Socket paths end at 108 characters, and containerd adds its own to ours.
const stateLengthMax = 80

/** Takes the first bridge of the machine that is free, which also decides the subnet. */
const claimBridge = async (state: string): Promise<number> => {
  for (let n = 1; n < 255; n++) {
    if ((await outcome(["ip", "link", "add", `orrery${n}`, "type", "bridge"])).code !== 0) continue
    writeFileSync(join(state, "node.number"), `${n}\n`)
    await run(["ip", "addr", "add", `10.244.${n}.1/24`, "dev", `orrery${n}`])
    await run(["ip", "link", "set", `orrery${n}`, "up"])
    return n
  }
  throw new Error("no free bridge")
}

/** One directory per controller with cgroups of the first kind, one in all with the second. */
const cgroups = (n: number): ReadonlyArray<string> => {
  const base = "/sys/fs/cgroup"
  const second = existsSync(join(base, "cgroup.controllers"))
  const parents = second ? [base] : readdirSync(base).map((name) => join(base, name))
  return parents.map((parent) => join(parent, `orrery${n}`))
}

const writeCni = (state: string, n: number): void => {
  const ranges = [[{ subnet: `10.244.${n}.0/24`, gateway: `10.244.${n}.1` }]]
  const ipam = { type: "host-local", dataDir: join(state, "run", "cni"), ranges, routes: [{ dst: "0.0.0.0/0" }] }
  const network = { cniVersion: "1.0.0", name: "pods", plugins: [{ type: "bridge", bridge: `orrery${n}`, ipam }] }
  writeFileSync(join(state, "cni", "net.conflist"), JSON.stringify(network))
}

const containerdConfig = (state: string): string => `version = 3
root = "${state}/containerd"
state = "${state}/run/containerd"
[grpc]
  address = "${state}/run/cri.sock"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "test/pause:1"
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = "${state}/hosts"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true # a sandboxed root may not lower it
  netns_mounts_under_state_dir = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["/usr/lib/cni"]
  conf_dir = "${state}/cni"
`

const kubeletConfig = (state: string, n: number): string => `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: "unix://${state}/run/cri.sock"
address: 10.244.${n}.1
healthzPort: 0
authentication: {x509: {clientCAFile: "${state}/pki/ca.crt"}}
podLogsDir: "${state}/logs"
cgroupDriver: cgroupfs
cgroupRoot: /orrery${n}
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
makeIPTablesUtilChains: false
clusterDNS: [10.244.${n}.1]
clusterDomain: cluster.local
resolvConf: ""
# The machine's disk and memory are shared: no pod of a test is to go because of them.
evictionHard: {memory.available: "0%", nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%", imagefs.inodesFree: "0%"}
imageGCHighThresholdPercent: 100
serializeImagePulls: false
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 500
kubeAPIBurst: 1000
`

/** The first process of the node's namespaces: an init system in ten lines. A part that dies is back after a second. */
const nodeScript = (state: string, n: number): string => `set -u
mount --make-rshared /
mkdir -p /var/lib/kubelet /run/containerd
mount --bind '${state}/kubelet' /var/lib/kubelet
# The kubelet insists on writing these: onto copies, not into the machine's kernel.
for name in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy=/run/$(echo $name | tr / .)
  cat /proc/sys/$name >$copy
  mount --bind $copy /proc/sys/$name
done
export PATH='${kubeBinaries().dir}':$PATH
keep() { part=$1; shift; while :; do "$@"; sleep 1; done >>'${state}'/$part.log 2>&1 & }
keep containerd containerd --config '${state}/containerd.toml' --log-level warn
until [ -S '${state}/run/cri.sock' ]; do sleep 0.05; done
keep kubelet kube kubelet --config '${state}/kubelet.yaml' --kubeconfig '${state}/kubelet.kubeconfig' --hostname-override real --node-ip 10.244.${n}.1
wait
`

/** What is wrong with the node, or nothing. Asks the kubelet itself too: a dead node calls itself ready for 50 s. */
export const nodeHealth = async (state: string, kubectl: string): Promise<string | undefined> => {
  if (!existsSync(join(state, "node.number"))) return undefined
  if (livePid(state, "node") === undefined) return `without its node\n${logTail(state, "node")}`
  const healthz = ["--request-timeout", "3s", "get", "--raw", "/api/v1/nodes/real/proxy/healthz"]
  if ((await outcome([kubectl, ...healthz])).code !== 0) return "waiting for its kubelet"
  const ready = await outcome([kubectl, "wait", "--for", "condition=Ready", "--timeout", "1s", "node", "real"])
  return ready.code === 0 ? undefined : "waiting for its node"
}

/** Adds a node that runs pods: kubelet and containerd, with a registry that serves busybox under every name. */
export const startNode = async (state: string, kubectl: string, moreConfig: string): Promise<void> => {
  if (state.length > stateLengthMax) throw new Error(`${state} is too long for sockets (${stateLengthMax} characters)`)
  const n = await claimBridge(state)
  for (const dir of cgroups(n)) mkdirSync(dir, { recursive: true })
  for (const dir of ["run", "containerd", "kubelet", "logs", "cni", "hosts/_default"])
    mkdirSync(join(state, dir), { recursive: true })
  rmSync(join(state, "run", "cri.sock"), { force: true })
  const [registry = 0] = await freePorts(1)
  writeFileSync(join(state, "hosts/_default/hosts.toml"), `server = "http://127.0.0.1:${registry}"\n`)
  writeCni(state, n)
  writeFileSync(join(state, "containerd.toml"), containerdConfig(state))
  writeFileSync(join(state, "kubelet.yaml"), kubeletConfig(state, n) + moreConfig)
  writeFileSync(join(state, "init.sh"), nodeScript(state, n))
  const busybox = join(tree().dir, "root", "usr", "bin", "busybox")
  startProcess(state, "registry", [
    process.execPath,
    join(import.meta.dirname, "registry.ts"),
    String(registry),
    busybox
  ])
  startInTree(state, "node", ["sh", join(state, "init.sh")], { shared: [kubeBinaries().dir] })
  wrap(state, "node", [join(kubeBinaries().dir, "ctr")], {
    env: { CONTAINERD_ADDRESS: join(state, "run", "cri.sock"), CONTAINERD_NAMESPACE: "k8s.io" }
  })
  await waitFor("k8s: node", 60_000, () => nodeHealth(state, kubectl))
}

const removeCgroup = (dir: string): void => {
  if (!existsSync(dir)) return
  for (const entry of readdirSync(dir, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(dir, entry.name))
  rmdirSync(dir)
}

/** A dying process holds its cgroup for a while. */
const removeCgroups = (n: number): Promise<void> =>
  waitFor("k8s: node", 10_000, async () => {
    try {
      for (const dir of cgroups(n)) removeCgroup(dir)
      return undefined
    } catch {
      return "busy"
    }
  })

/** Ends the node with all its pods, and takes its bridge and cgroups away. */
export const stopNode = async (state: string): Promise<void> => {
  const file = join(state, "node.number")
  if (!existsSync(file)) return
  const n = Number(readFileSync(file, "utf8"))
  await endProcess(state, "node", "SIGKILL")
  await endProcess(state, "registry")
  await removeCgroups(n)
  await outcome(["ip", "link", "del", `orrery${n}`])
  rmSync(file)
}
