/** What its owner can do about a job that HTCondor holds, by HoldReasonCode; most codes say enough by their own reason. */
const remedies: Readonly<Record<number, string>> = {
  1: "release it to let it go on",
  3: "change what its hold policy asks for, or release it",
  4: "log in again, so that the schedd has fresh credentials",
  6: "name a program that the machines have, as they have it, and that may be executed",
  7: "see that the job's folder is there and may be written to",
  8: "see that the job's input is there and may be read",
  12: "see that the job made the files that are to come back, and that there is room for them",
  13: "see that the files that go to the machine are there and may be read",
  14: "see that the job's folder is there, also for the user whom the pool runs jobs as",
  15: "release it to let it start",
  21: "look at the machine that held it, or ask for another one by a selector",
  22: "see that the job's folder is there and may be written to",
  26: "ask the pool's administrator which of the pool's rules the job breaks",
  32: "give the job less input",
  33: "have the job leave less behind",
  34: "ask for as much memory as the job uses at its peak",
  35: "name an image that is there, and that the machines may pull",
  45: "name an image that the pool's machines can run",
  46: "ask for a queue that allows longer jobs, or make the job shorter",
  47: "ask for a queue that allows longer jobs, or make the job shorter"
}

/** Why a job is held, and what to do. */
export const holdReason = (code: number, said: string | undefined): string => {
  const reason = said ?? "held"
  const remedy = remedies[code]
  return remedy === undefined ? reason : `${reason.replace(/\.$/, "")}: ${remedy}`
}
