import type { LaunchRequest, Runtime } from "@orrery/core"
import { tagOf } from "./tags.ts"

/** A file that is on the machine before anything runs. */
interface File {
  readonly path: string
  readonly permissions: "0644" | "0755"
  readonly content: string
}

/** What one part of a bootstrap asks of cloud-init. */
interface Part {
  readonly files: ReadonlyArray<File>
  readonly packages: ReadonlyArray<readonly [name: string, version?: string]>
  readonly commands: ReadonlyArray<ReadonlyArray<string>>
}

// Unknown is not zero: a machine that cannot read its lease stays. The metadata server is asked with a token, as we require.
const leaseScript = `#!/bin/sh
# Ends this machine once its lease is over; whoever still wants it renews the tag ${tagOf.lease}.
set -u
metadata=http://169.254.169.254/latest
token=$(curl -sf -m 5 -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$metadata/api/token") || exit 0
until_ms=$(curl -sf -m 5 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/tags/instance/${tagOf.lease}") || exit 0
case $until_ms in '' | *[!0-9]*) exit 0 ;; esac
[ "$(date +%s)" -ge "$((until_ms / 1000))" ] && shutdown -h now
exit 0
`

const lease: Part = {
  files: [
    { path: "/usr/local/sbin/orrery-lease", permissions: "0755", content: leaseScript },
    {
      path: "/etc/systemd/system/orrery-lease.service",
      permissions: "0644",
      content: "[Service]\nType=oneshot\nExecStart=/usr/local/sbin/orrery-lease\n"
    },
    {
      path: "/etc/systemd/system/orrery-lease.timer",
      permissions: "0644",
      content: "[Timer]\nOnBootSec=2min\nOnUnitActiveSec=1min\n\n[Install]\nWantedBy=timers.target\n"
    }
  ],
  packages: [],
  commands: [
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", "--now", "orrery-lease.timer"]
  ]
}

/** The package of each runtime, as Amazon Linux and Fedora call it, and what is started of it. */
const packageOf = {
  containerd: { name: "containerd", unit: "containerd" },
  "cri-o": { name: "cri-o", unit: "crio" },
  docker: { name: "docker", unit: "docker" },
  podman: { name: "podman", unit: "podman.socket" }
} as const

/** A host for containers: their runtime, and what the machine is, for whoever places work on it. */
const containers = ({ type, version }: Runtime, { labels, owner, taints }: LaunchRequest): Part => ({
  files: [
    {
      path: "/etc/orrery/machine.json",
      permissions: "0644",
      content: `${JSON.stringify({ cluster: owner.cluster, pool: owner.pool, machine: owner.machine, labels, taints })}\n`
    }
  ],
  // 1.6 is any 1.6 there is, to apt as to dnf
  packages: [version === undefined ? [packageOf[type].name] : [packageOf[type].name, `${version}*`]],
  commands: [["systemctl", "enable", "--now", packageOf[type].unit]]
})

const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, " ".repeat(by))

const printFile = ({ content, path, permissions }: File): string =>
  `  - path: ${path}\n    permissions: "${permissions}"\n    content: |\n${indented(content, 6)}`

const section = (name: string, lines: ReadonlyArray<string>): string =>
  lines.length === 0 ? "" : `${name}:\n${lines.join("")}`

/**
 * The cloud-init document of a machine; nothing where there is nothing to set up. Names and labels are in it and secrets
 * never are, because everybody on the machine can read it.
 */
export const bootstrap = (request: LaunchRequest): string | undefined => {
  const parts = [
    ...(request.runtime === undefined ? [] : [containers(request.runtime, request)]),
    ...(request.leaseUntilMs === undefined ? [] : [lease])
  ]
  if (parts.length === 0) return undefined
  return [
    "#cloud-config\n",
    `hostname: ${request.owner.machine}\n`,
    section(
      "packages",
      parts.flatMap(({ packages }) => packages.map((one) => `  - ${one.length === 1 ? one[0] : JSON.stringify(one)}\n`))
    ),
    section(
      "write_files",
      parts.flatMap(({ files }) => files.map(printFile))
    ),
    section(
      "runcmd",
      parts.flatMap(({ commands }) => commands.map((words) => `  - ${JSON.stringify(words)}\n`))
    )
  ].join("")
}
