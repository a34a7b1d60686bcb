// Worm profiles as data: how kinds of worms move, each figure with where it comes from. They say how fast something
// spreads and nothing of how it gets in.

import type { WormProfile } from "../model/rehearsal.ts";

const engineering = "engineering";
/** No public distribution was found: sweep it, and set it per segment in the map where it is known. */
const shares = {
  vulnerableShare: { workstation: 0.3, server: 0.2, medical: 0.6, other: 0 },
  claim: {
    what: "vulnerable: 0.3 of workstations, 0.2 of servers, 0.6 of medical devices (0 to 1)",
    source: engineering,
  },
};

/** The profiles that come with Cordon. */
export const worms: readonly WormProfile[] = [
  {
    id: "sweep",
    title: "Sweeps its own subnet and scans at random (like WannaCry)",
    port: "tcp/445",
    localTriesPerSecond: 10,
    remoteTriesPerSecond: 0.04,
    knowsHosts: false,
    takeProbability: 0.9,
    takesAtOnce: 10,
    takeSeconds: 45,
    dormancy: { meanSeconds: 35, kind: "fixed" },
    activeSeconds: 86_400,
    triesUntilLockout: null,
    vulnerableShare: shares.vulnerableShare,
    claims: [
      {
        what: "10 tries open at once, each about 1 s on an empty address, at most 20 started per second: 10 tries/s",
        source: "VIPRE Labs, WannaCry technical analysis; public notes on its thread loop (ntddk); 1 s is engineering",
      },
      { what: "its own subnet is the whole /24 of each adapter", source: "SecureWorks, WCry Ransomware Analysis" },
      {
        what: "128 random outside tries/s, of which 65,536 / (223 * 2^24) fall in a given /16; a hospital of 16 such blocks",
        source: "arithmetic; the number of outside tries is not confirmed by a text we could open",
      },
      {
        what: "a try at a vulnerable host keeps one of the 10 slots for 45 s on average, so one trying host takes at most 0.2 hosts/s of its segment",
        source: "VIPRE Labs for the 10; 45 s is an order of magnitude from notes; 10 / 45 * 0.9 = 0.2",
      },
      {
        what: "35 s from being taken to the first try: 15 s asleep (1 to 60), and what a take under way lasts longer than an instant",
        source:
          "fitted to an ordered sweep played try by try (simulation-twins.md); 15 s is engineering; a dormant state is needed: Chernikova et al. 2023",
      },
      { what: "a try at a vulnerable host takes it 9 times in 10 (0.5 to 1)", source: engineering },
      { what: "tries for 24 h, then ends", source: engineering },
      shares.claim,
    ],
  },
  {
    id: "topological",
    title: "Follows neighbours in use and shared credentials (like NotPetya)",
    port: "tcp/445",
    localTriesPerSecond: 1,
    remoteTriesPerSecond: 0.3,
    knowsHosts: true,
    takeProbability: 0.8,
    takesAtOnce: null,
    takeSeconds: null,
    dormancy: { meanSeconds: 60, kind: "exponential" },
    activeSeconds: 3_600,
    triesUntilLockout: null,
    vulnerableShare: { workstation: 0.7, server: 0.5, medical: 0.5, other: 0 },
    claims: [
      {
        what: "targets are known hosts: DHCP clients, ARP table, open connections every 3 min, browse list",
        source: "eSentire, A closer look at Petya's/NotPetya's network spreading code",
      },
      {
        what: "spreads for 60 min, until the machine restarts",
        source: "Microsoft via Cybersec Observatory; SentinelOne",
      },
      {
        what: "patched hosts fall too when an administrator is shared",
        source: "interview with the Maersk CIO, Infosecurity Magazine 2019",
      },
      { what: "1 try/s inside, 0.3 tries/s across; 60 s until the first; 0.8 of tries take", source: engineering },
      { what: "vulnerable: 0.7 of workstations, 0.5 of servers and medical devices", source: engineering },
    ],
  },
  {
    id: "slow-shares",
    title: "Copies itself over shares with stolen accounts, minutes between tries (like Qbot)",
    port: "tcp/445",
    localTriesPerSecond: 1 / 60,
    remoteTriesPerSecond: 1 / 120,
    knowsHosts: true,
    takeProbability: 0.3,
    takesAtOnce: null,
    takeSeconds: null,
    dormancy: { meanSeconds: 600, kind: "exponential" },
    activeSeconds: null,
    triesUntilLockout: 50,
    vulnerableShare: { workstation: 0.6, server: 0.3, medical: 0.2, other: 0 },
    claims: [
      { what: "minutes between tries at hosts it knows", source: engineering },
      { what: "guessing passwords locks accounts: after 50 tries a host takes nothing more", source: engineering },
      { what: "10 min from being taken to the first try; 0.3 of tries take", source: engineering },
      { what: "vulnerable: 0.6 of workstations, 0.3 of servers, 0.2 of medical devices", source: engineering },
    ],
  },
  {
    id: "slow-careful",
    title: "A few tries an hour, to stay below every threshold",
    port: "tcp/445",
    localTriesPerSecond: 4 / 3_600,
    remoteTriesPerSecond: 2 / 3_600,
    knowsHosts: true,
    takeProbability: 0.6,
    takesAtOnce: null,
    takeSeconds: null,
    dormancy: { meanSeconds: 3_600, kind: "exponential" },
    activeSeconds: null,
    triesUntilLockout: null,
    vulnerableShare: { workstation: 0.6, server: 0.3, medical: 0.2, other: 0 },
    claims: [
      { what: "6 tries an hour, an hour until the first, 0.6 of them take", source: engineering },
      { what: "vulnerable: 0.6 of workstations, 0.3 of servers, 0.2 of medical devices", source: engineering },
    ],
  },
  {
    id: "hit-list",
    title: "Has a list and working credentials: every try connects",
    port: "tcp/445",
    localTriesPerSecond: 0.1,
    remoteTriesPerSecond: 0.1,
    knowsHosts: true,
    takeProbability: 1,
    takesAtOnce: null,
    takeSeconds: null,
    dormancy: { meanSeconds: 30, kind: "fixed" },
    activeSeconds: null,
    triesUntilLockout: null,
    vulnerableShare: { workstation: 0.9, server: 0.8, medical: 0.6, other: 0 },
    claims: [
      {
        what: "a hit list takes its targets without scanning",
        source: "Staniford, Paxson, Weaver, USENIX Security 2002",
      },
      { what: "a try every 5 s, 30 s until the first; nearly all hosts of its list fall", source: engineering },
    ],
  },
];
