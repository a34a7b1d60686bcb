// Every maximum that a flood can reach, and what happens when it is reached. One place, so that an operator can read what the program
// will do under a flood. "Counted" means: a named counter in the report of the input it happened in.

export const limits = {
  /** The kernel's queue of datagrams before us, in bytes, as asked for: a burst of some 20,000 full ones. Overflow: the kernel drops; counted where it tells (Linux). */
  receiveBufferBytes: 33_554_432,
  /** Rows of the host table. Overflow: the host not seen for longest, neither pinned nor in this batch, gives way; counted. */
  hostsMax: 2_097_152,
  /** Rows of one flow batch. Overflow: the batch is sorted and handed on, and a new one begins. */
  batchRowsMax: 65_536,
  /** Slots of the contact memory (the window itself: CONTACT_WINDOW_MS in detection/contact-memory.ts). Overflow: the older half of the window is forgotten; counted. */
  contactSlotsMax: 16_777_216,
  /** Sources with a running test. Overflow: a source with a score of zero gives way; when none has, it is not scored; counted. */
  sourcesMax: 1_048_576,
  /** (host, port) pairs whose callers are counted. Overflow: new pairs are not counted, so their hosts are not known as servers; counted. */
  listenersMax: 2_097_152,
  /** Remembered contacts, for exposure and the spread tree. Overflow: the oldest are overwritten; counted. */
  contactLogMax: 4_194_304,
  /** Flows followed at once by the packet assembler. Overflow: the flow idle for longest is closed early; counted. */
  assembledFlowsMax: 1_048_576,
  /** Templates remembered per exporter and observation domain. Overflow: the template unused for longest is dropped; counted. */
  templatesPerDomainMax: 4_096,
  /** Observation domains (exporter address, source id) remembered. Overflow: the domain silent for longest is dropped; counted. */
  exporterDomainsMax: 4_096,
  /** Fields of one template (RFC 7011 allows 65,535). Overflow: the template is refused; counted. */
  templateFieldsMax: 1_024,
  /** Data sets kept per domain while their template has not come yet. Overflow: the oldest is dropped; counted. */
  pendingSetsMax: 64,
  /** One export datagram in bytes (UDP cannot carry more). Overflow: it is not read. */
  datagramBytesMax: 65_535,
  /** Export records that wait for the record of the other direction, per kind of wait. Overflow: the oldest is settled as if its time were over; counted. */
  pairedRecordsMax: 32_768,
  /** Bytes of export data kept over all exporters until templates come. Overflow: the oldest set of that domain is dropped, then the new one; counted. */
  pendingBytesMax: 16_777_216,
  /** One text record (a log line) in bytes. Overflow: the line is skipped; counted. */
  lineBytesMax: 1_048_576,
  /** One capture packet in bytes (libpcap's own maximum). Overflow: the file is read no further; reported. */
  packetBytesMax: 262_144,
  /** Interfaces of one pcapng section. Overflow: packets of the rest are malformed; counted. */
  captureInterfacesMax: 1_024,
  /** Hosts whose MAC one capture remembers. Overflow: all are forgotten, and sighted again. */
  sightedHostsMax: 65_536,
  /** Host names of DHCP requests not acknowledged yet. Overflow: all are forgotten. */
  pendingNamesMax: 1_024,
  /** SMB sessions one capture looks into at once. Overflow: the oldest is looked at no further. */
  smbSessionsMax: 16_384,
  /** Pairs of hosts for which one capture remembers what it has reported. Overflow: all are forgotten, and reported again. */
  reportedPairsMax: 65_536,
  /** Observations kept in one batch. Overflow: the rest of that batch is dropped; counted. */
  batchObservationsMax: 65_536,
  /** Files read in step at once. Overflow: the others wait in the order given until one is done. */
  openInputsMax: 512,
  /** Files followed at once. Overflow: further files are not read; reported. */
  followedFilesMax: 16_384,
  /** Sensors (exporters, files, capture points) of one collection. Overflow: the rest share the last row; counted. */
  sensorsMax: 4_096,
  /** Sightings kept as history. Overflow: the oldest are dropped; counted. */
  sightingsMax: 262_144,
  /** Earlier contacts looked at when a cause is searched. Overflow: older ones are not considered. */
  chainStepsMax: 512,
  /** Characters of a map or of one imported inventory. Overflow: it is refused with one sentence. */
  mapTextMax: 64_000_000,
  /** Problems reported for one map or import. Overflow: the first by line are shown. */
  mapProblemsMax: 1_000,
  /** Distinct contacts (source, target, port) a draft of a map remembers. Overflow: new ones are not counted; the draft says so. */
  draftContactsMax: 2_097_152,
  /** Hosts a draft of a map lists by name. Overflow: the rest are counted in its header. */
  draftHostsMax: 5_000,
  /** Sensors described in one result, per input. Overflow: the first ones are kept; `cordon doctor` shows all. */
  sensorsShownMax: 64,
  /** Suspects, notables and edges written to one result. Overflow: the weakest are left out; the result says how many. */
  resultRowsMax: 10_000,
} as const;
