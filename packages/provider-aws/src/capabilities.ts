import { absent, type Capabilities, emulated, native } from "@orrery/core"

const machinesOnly = absent("EC2 rents machines and runs no containers; give its cluster a `runtime`")

/** What EC2 offers. It rents machines and nothing more. */
export const capabilities: Capabilities = {
  clusters: emulated("a launch template per cluster holds its goal"),
  nodePools: emulated("one call per machine"),
  spot: native,
  scaleToZero: native,
  nodeEvents: emulated("one list per pace"),
  cordon: emulated("a tag, read by our own placement"),
  drain: emulated("our own placement moves the pods"),
  stopStart: native,
  leases: emulated("a tag renewed by the control loop, and the machine's own timer"),
  deployments: machinesOnly,
  rollingUpdate: machinesOnly,
  rollback: machinesOnly,
  deploymentEvents: machinesOnly,
  logs: machinesOnly,
  logsFollow: machinesOnly,
  exec: machinesOnly,
  portForward: machinesOnly,
  jobs: machinesOnly,
  jobArrays: machinesOnly,
  jobRetries: machinesOnly,
  hold: machinesOnly,
  cancel: machinesOnly,
  jobEvents: machinesOnly,
  why: machinesOnly,
  capacity: machinesOnly,
  gpus: native,
  gpuShares: machinesOnly,
  usage: absent("EC2 measures machines in CloudWatch, which this provider does not read"),
  limits: { nodesPerPoolMax: 1_000, replicasMax: 0, tasksPerJobMax: 0, nameLengthMax: 63 }
}
