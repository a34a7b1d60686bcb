// Every number the benign traffic is made of, with where it comes from: measured in a real capture, or assumed and why.
// In: nothing. Out: `parameters`. A test keeps docs/concepts/traffic.md in step with this table.

export interface Parameter {
  readonly value: number;
  /** Whether a capture gave the number, or we had to guess. */
  readonly basis: "measured" | "assumed";
  /** Which capture and how, or why we think so. */
  readonly from: string;
}

const measured = (value: number, from: string): Parameter => ({ value, basis: "measured", from });
const assumed = (value: number, from: string): Parameter => ({ value, basis: "assumed", from });

/** Counts per day are per device that works a full day; the day curve spreads them over the hours. */
export const parameters = {
  webPagesPerDay: measured(85, "M57: 492 to 948 web flows a day and PC in bursts of about 7"),
  webPagesPerSitting: measured(3, "M57: 13 to 39 new contacts within the busiest minute"),
  webFlowsPerServer: measured(3.2, "M57: 492 to 948 web flows to 91 to 174 servers a day, revisits included"),
  webServersPerSiteMax: measured(13, "M57: at most 13 new contacts within one second, 39 within one minute"),
  webSecureShare: assumed(0.85, "M57 (2009) has 3 %; the web has moved to 443 since"),
  webDeadServerShare: measured(0.0075, "M57: 4 of 539 pairs of PC and web server never answered (S0)"),
  webRefusingServerShare: measured(0.0075, "M57: 4 of 539 pairs of PC and web server only ever refused (REJ)"),
  webUnansweredShare: measured(
    0.045,
    "M57: 100 of 2,700 flows to servers that answer at other times, none the first contact: of later flows only",
  ),
  webRefusedShare: measured(0.008, "M57: 16 of 2,700 flows to servers that answer at other times"),
  webBytesMedian: measured(1_100, "M57: 773 (tcp/80) and 1,774 (tcp/443) sent, median"),
  webBytesBackMedian: measured(3_000, "M57: 467 (tcp/80) and 6,137 (tcp/443) received, median; p95 96,000"),
  webDurationMedianMs: measured(760, "M57: median 0.76 s, p95 246 s"),
  webTriesPerDeadServer: measured(12, "M57: 100 failed flows to 8 pairs of PC and dead web server"),
  dnsPerServer: assumed(
    1.3,
    "two look-ups (A, AAAA) for about two servers of three; M57: 387 to 1,786 look-ups a day and PC",
  ),
  dnsBackgroundPerDay: measured(300, "M57: the rest of the look-ups that no web flow explains"),
  dnsUnansweredShare: measured(0.0006, "M57: 2 of 3,455 look-ups"),
  dhcpRenewalsPerDay: measured(48, "M57: 47 to 48 on three PCs, 21 on one"),
  shareSessionsPerDay: measured(62, "M57: 62 to 64 SMB sessions a day and PC, all to one server, 189 of 189 answered"),
  shareBytesMedian: measured(709, "M57: SMB session, sent"),
  shareBytesBackMedian: measured(510, "M57: SMB session, received"),
  shareNewServersPerDay: assumed(
    0.25,
    "a colleague's link now and then; M57 shows 0 new servers in a day for three of four PCs",
  ),
  sharePeersPerDay: assumed(0.02, "workstation to workstation shares exist but are rare; none in M57"),
  nameChecksPerDay: measured(
    31,
    "M57: the file server sends udp/137 and udp/138 to three PCs 31 to 32 times, unanswered",
  ),
  nameCheckServerShare: assumed(0.5, "file servers that still speak NetBIOS"),
  mailFlowsPerDay: measured(20, "M57: 12 to 15 POP3S and 3 to 7 SMTP flows a day and PC, one server each"),
  deadTimeServers: measured(4, "M57: every PC tries 4 time servers that never answer, 20 times a day (tcp/37)"),
  deadTimeTriesPerDay: measured(20, "M57: 20 on three PCs, 2 on the fourth"),
  logonNames: measured(26, "ZAT: look-ups at one log-on (71 s)"),
  logonKerberos: measured(10, "ZAT: tcp/88 connections at one log-on"),
  logonLdap: measured(4, "ZAT: tcp/389 connections at one log-on"),
  logonShares: measured(3, "ZAT: tcp/445 connections to the controller at one log-on"),
  logonRpc: measured(2, "ZAT: tcp/135 connections at one log-on, then one to a port from 49152 up"),
  policyPeriodMinutes: assumed(105, "Windows refreshes policy every 90 minutes plus up to 30"),
  nightActivity: measured(0.05, "M57: 9 to 66 flows an hour at night against 600 to 1,600 in office hours"),
  wardNightActivity: assumed(0.4, "wards work at night with fewer people"),
  wardShare: assumed(0.4, "share of workstations on wards, on day and night"),
  weekendActivity: assumed(0.3, "fewer people; M57 is one working day"),
  workstationNightOnShare: assumed(0.5, "office PCs left on at night"),
  recordsFlowsPerDay: assumed(420, "one call to the patient record a minute over a working day"),
  printJobsPerDay: assumed(12, "prescriptions and letters through the print server"),
  printDirectShare: assumed(0.1, "label printers reached without the server"),
  printDiscoveriesPerDay: assumed(0.01, "the add-printer search, 3 to 12 printers in a few seconds"),
  printerOffShare: assumed(0.05, "printers switched off or without paper tray module"),
  staleMappingShare: assumed(
    0.04,
    "PCs with a drive or printer that no longer exists; M57 shows the like for time servers",
  ),
  staleMappingTriesPerDay: assumed(96, "a retry each 15 minutes, more when a user opens the explorer"),
  brokenProgramShare: assumed(0.03, "programs whose licence server or proxy is gone"),
  brokenProgramTriesPerDay: assumed(480, "a retry every 3 minutes"),
  wrongPasswordPerDay: assumed(0.15, "a mistyped or expired password, 1 to 6 failed log-ons"),
  forgottenPasswordShare: assumed(0.01, "a stored old password retried all day after a change"),
  updatePeersPerDay: assumed(3, "update sharing between PCs (tcp/7680); bursts after patch day"),
  updatePeerUnansweredShare: assumed(0.4, "peers that are off or behind their own firewall"),
  deliveryOptimizationShare: assumed(0.5, "sites that leave update sharing on"),
  guestPagesPerDay: assumed(160, "phones and tablets in waiting rooms"),
  guestPeerShare: assumed(0.06, "guests with a peer-to-peer program"),
  guestPeersPerHour: assumed(60, "peers tried in an hour, most of them gone"),
  guestPeerUnansweredShare: assumed(0.6, "peers gone or behind address translation"),
  callsPerDay: assumed(9, "calls of one telephone; half of them to another telephone inside, directly (RTP)"),
  phoneRegistrationsPerDay: assumed(96, "SIP registration every 15 minutes"),
  examsPerDay: assumed(25, "exams of one modality, sent to the archive over DICOM"),
  imagesBytesMedian: assumed(60e6, "an exam of some hundred slices"),
  prefetchesPerDay: assumed(40, "rounds in which the archive pushes earlier exams to reading stations"),
  prefetchTargets: assumed(6, "reading stations of one round; one in ten is off"),
  messagesPerHour: assumed(240, "HL7 messages of one hospital through its engine, each relayed to 1 to 3 systems"),
  medicalReportsPerDay: assumed(288, "a device reports every 5 minutes to its gateway"),
  monitorPeriodSeconds: assumed(60, "the default of common uptime monitors"),
  scanPortsPerHost: assumed(12, "ports tried on every address by the vulnerability scanner's discovery"),
  scanContactsPerSecond: assumed(40, "a gentle scan"),
  distributionPushesPerDay: assumed(60, "client pushes and remote checks of the management server (tcp/445, tcp/135)"),
  distributionOffShare: assumed(0.25, "PCs that are off or closed when pushed to"),
  updateChecksPerDay: assumed(4, "PC to update server (tcp/8530)"),
  backupBytesMedian: assumed(8e9, "one server, one night"),
  adminServersPerDay: assumed(6, "servers an administrator opens (tcp/3389, tcp/5985)"),
  adminWorkstationsPerDay: assumed(1.5, "workstations an administrator helps"),
  adminRemoteRunsPerDay: assumed(0.2, "PsExec-like run on one machine; same bytes as SVP"),
  natUsers: assumed(40, "users of an annex behind one address"),
  inboundSourcesPerDay: measured(970, "T6: outside addresses that touched one exposed host in 24 h"),
  inboundSmbShare: measured(0.28, "T6: 271 of 970 to tcp/445; 90 to tcp/23; 43 to tcp/22"),
  smbOpenOnWorkstations: assumed(0.7, "share of PCs whose own firewall lets tcp/445 in"),
  segmentFill: assumed(0.6, "share of a segment's addresses in use; the rest is dark"),
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof parameters;

/** The bare numbers, as the generator reads them. */
export const rates: { readonly [Name in ParameterName]: number } = Object.fromEntries(
  Object.entries(parameters).map(([name, parameter]) => [name, parameter.value]),
) as { [Name in ParameterName]: number };
