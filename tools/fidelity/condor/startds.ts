// Three real startds for the live comparison: two with a partitionable slot, one with static slots.

interface Startd {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly attributes: Readonly<Record<string, string>>
}

const startds: ReadonlyArray<Startd> = [
  {
    name: "wide",
    settings: { NUM_CPUS: "8", MEMORY: "20000", START: "TARGET.Kind =!= 2", RANK: "0" },
    attributes: { Score: "2", Region: '"here"', HasGpu: "false", Tags: '"a,b"' }
  },
  {
    name: "narrow",
    settings: { NUM_CPUS: "4", MEMORY: "5000", START: 'TARGET.Kind =!= "blue"', RANK: "0" },
    attributes: { Score: "1", Region: '"there"', HasGpu: "true" }
  },
  {
    name: "fixed",
    settings: {
      NUM_CPUS: "6",
      MEMORY: "9000",
      NUM_SLOTS_TYPE_1: "3",
      SLOT_TYPE_1: "cpus=2",
      SLOT_TYPE_1_PARTITIONABLE: "false",
      START: "true",
      RANK: 'TARGET.Kind =?= "red"'
    },
    attributes: { Score: "3", Tags: '"b"' }
  }
]

const configOf = (state: string, { attributes, name, settings }: Startd): string => {
  const daemon = `STARTD_${name.toUpperCase()}`
  const own = { STARTD_NAME: name, EXECUTE: `${state}/execute-${name}`, ...settings, ...attributes }
  return [
    `DAEMON_LIST = $(DAEMON_LIST), ${daemon}`,
    `${daemon} = $(STARTD)`,
    `${daemon}_ARGS = -f -local-name ${daemon}`,
    `${daemon}.STARTD_LOG = $(LOG)/StartdLog.${name}`,
    `${daemon}.STARTER_LOG = $(LOG)/StarterLog.${name}`,
    `${daemon}.STARTD_ADDRESS_FILE = $(LOG)/.startd_address.${name}`,
    `${daemon}.STARTD_ATTRS = $(STARTD_ATTRS) ${Object.keys(attributes).join(" ")}`,
    ...Object.entries(own).map(([key, value]) => `${daemon}.${key} = ${value}`)
  ].join("\n")
}

/** How many slots they have while nothing runs. */
export const slotCount = 5

/** The folders the startds run jobs in. */
export const startdFolders = startds.map(({ name }) => `execute-${name}`)

/** The startds' part of a pool's configuration. */
export const startdConfig = (state: string): string => `
PREEMPT = False
SUSPEND = False
KILL = False
UPDATE_INTERVAL = 2
POLLING_INTERVAL = 1
MachineMaxVacateTime = 2
JobMaxVacateTime = 2
JOB_START_DELAY = 0
RUNBENCHMARKS = 0
STARTER_UPDATE_INTERVAL = 100
SCHEDD_DEBUG = D_FULLDEBUG D_MATCH
${startds.map((it) => configOf(state, it)).join("\n")}
`
