import { absent, type Capabilities, emulated, native } from "@orrery/core"

const fixed = absent("a pool's machines are its administrator's; HTCondor makes none")
const noServices = absent("HTCondor runs jobs that end, no services")

/** What an HTCondor pool offers: a queue and the machines that serve it. */
export const capabilities: Capabilities = {
  clusters: fixed,
  nodePools: fixed,
  spot: fixed,
  scaleToZero: fixed,
  nodeEvents: fixed,
  cordon: absent("draining a machine needs its administrator's rights, which a submitter lacks"),
  drain: absent("draining a machine needs its administrator's rights, which a submitter lacks"),
  stopStart: fixed,
  leases: fixed,
  deployments: noServices,
  rollingUpdate: noServices,
  rollback: noServices,
  deploymentEvents: noServices,
  logs: native,
  logsFollow: emulated(
    "the output file is read once per pace; where machines share no file system it is there when the job has ended"
  ),
  exec: absent("condor_ssh_to_job opens a shell for a person; it gives no exit codes back"),
  portForward: absent("jobs have no address of their own"),
  jobs: native,
  jobArrays: emulated(
    "fewer tasks at a time than there are is a concurrency limit, which a reused claim may exceed for a moment"
  ),
  jobRetries: native,
  hold: native,
  cancel: native,
  jobEvents: emulated("one query per pace"),
  why: emulated("our own placement over the slots' ads"),
  capacity: native,
  gpus: native,
  gpuShares: absent("HTCondor gives whole GPUs"),
  usage: absent("slots report no measured use"),
  limits: { nodesPerPoolMax: 0, replicasMax: 0, tasksPerJobMax: 20_000, nameLengthMax: 63 }
}
