/* The C twin of src/simulation/kernel/ on the common task: one clock per building, internal times, xoshiro128**,
 * ziggurat, tournament, snapshot of what is open for proposals across. The same draws in the same order, so the same
 * digest. Compiled by bench/simulate.ts where gcc is there:  gcc -O3 -march=native clocks.c -o clocks -lm
 *   clocks BUILDINGS RUNS SEED REMOVAL   →  hosts-taken-by-hosts rings hosts-taken cpu-seconds
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NEVER INFINITY
static int cells, leaves;
static uint32_t (*words)[4], (*detail)[4];
static double *rate, *left, *since, *next_at, *bound;
static int *winner, *open_, *trying, *seen, *other, *pile, *started;
static double *keep, seen_sum, local_rate, cross_rate, removal, now;
static int rejected, run;
static long takes, rings;
static double end_of[257], height[257];

static uint32_t mix(uint32_t h) {
  h ^= h >> 16; h *= 0x85ebca6bu; h ^= h >> 13; h *= 0xc2b2ae35u; return h ^ (h >> 16);
}
static inline uint32_t word(uint32_t *s) {
  uint32_t m = s[1] * 5u, r = ((m << 7) | (m >> 25)) * 9u, t = s[1] << 9;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = (s[3] << 11) | (s[3] >> 21);
  return r;
}
static inline double uniform(uint32_t *s) {
  uint32_t a = word(s) >> 5;
  return (a * 67108864.0 + (word(s) >> 6)) / 9007199254740992.0;
}
static double settle(uint32_t *s, int layer, double x) {
  double shift = 0;
  for (;;) {
    if (x < end_of[layer + 1]) return shift + x;
    if (layer == 0) shift += end_of[1];
    else if (height[layer] + uniform(s) * (height[layer + 1] - height[layer]) < exp(-x)) return shift + x;
    uint32_t w = word(s);
    layer = w & 255;
    x = ((double)(w >> 8) * 4294967296.0 + word(s)) * 0x1p-56 * end_of[layer];
  }
}
static inline double exponential(uint32_t *s) {
  uint32_t w = word(s);
  int layer = w & 255;
  double x = ((double)(w >> 8) * 4294967296.0 + word(s)) * 0x1p-56 * end_of[layer];
  return x < end_of[layer + 1] ? x : settle(s, layer, x);
}
static void start(uint32_t *s, uint32_t seed, uint32_t r, uint32_t channel) {
  uint32_t l = r, c = channel;
  l ^= mix(c + seed); c ^= mix(l + 0x9e3779b9u); l ^= mix(c + (seed ^ 0x3c6ef372u)); c ^= mix(l + 0x5d1ab2b3u);
  s[0] = l; s[1] = c; s[2] = mix(l + 0x7f4a7c15u); s[3] = mix(c + 0x94d049bbu) | 1u;
}
static void snapshot(void) {
  long sum = 0;
  for (int t = 0; t < cells; t++) { seen[t] = open_[t]; sum += open_[t]; }
  seen_sum = sum; rejected = 0;
  int small = 0, large = cells;
  for (int t = 0; t < cells; t++) {
    keep[t] = (double)seen[t] * cells; other[t] = t;
    if (keep[t] < sum) pile[small++] = t; else pile[--large] = t;
  }
  while (small > 0 && large < cells) {
    int poor = pile[--small], rich = pile[large];
    other[poor] = rich; keep[rich] -= sum - keep[poor];
    if (keep[rich] < sum) { large++; pile[small++] = rich; }
  }
}
static inline double pace_of(int c) { return trying[c] * (local_rate * open_[c] + removal + bound[c]); }
static inline void replay(int c) {
  int best = c;
  double at = next_at[c];
  for (int node = c + leaves; node > 1; node >>= 1) {
    int rival = winner[node ^ 1];
    if (next_at[rival] < at) { best = rival; at = next_at[rival]; }
    winner[node >> 1] = best;
  }
}
static uint32_t seed_;
static void touch(int c) {
  if (started[c] != run) {
    started[c] = run;
    start(words[c], seed_, run, c);
    start(detail[c], seed_, run, 0x10000000u + c);
    left[c] = exponential(words[c]); since[c] = now;
    bound[c] = cross_rate * (seen_sum - seen[c]);
  }
  double l = left[c] - rate[c] * (now - since[c]);
  left[c] = l > 0 ? l : 0; since[c] = now; rate[c] = pace_of(c);
  next_at[c] = rate[c] > 0 ? now + left[c] / rate[c] : NEVER;
  replay(c);
}
static void across(int c) {
  int t;
  do {
    double d = uniform(detail[c]) * cells;
    t = (int)d;
    if ((d - t) * seen_sum >= keep[t]) t = other[t];
  } while (t == c);
  if (uniform(detail[c]) * seen[t] < open_[t]) { open_[t]--; trying[t]++; takes++; touch(t); }
  else if (++rejected > cells) {
    snapshot();
    for (int m = 0; m < cells; m++) if (started[m] == run) { bound[m] = cross_rate * (seen_sum - seen[m]); if (trying[m] > 0) touch(m); }
  }
}
static void play(void) {
  now = 0;
  for (int c = 0; c < cells; c++) { open_[c] = 200; trying[c] = 0; rate[c] = 0; started[c] = -1; }
  for (int l = 0; l < leaves; l++) { next_at[l] = NEVER; winner[leaves + l] = l; }
  for (int n = leaves - 1; n > 0; n--) winner[n] = winner[2 * n];
  for (int k = 0; k < 10; k++) open_[(int)((long)k * cells / 10)]--;
  snapshot();
  for (int k = 0; k < 10; k++) { int c = (int)((long)k * cells / 10); touch(c); trying[c]++; touch(c); }
  for (;;) {
    int c = winner[1];
    double t = next_at[c];
    if (t >= 1e6) return;
    rings++;
    uint32_t *s = words[c];
    double mark = uniform(s) * rate[c], next = exponential(s), take = trying[c] * local_rate * open_[c];
    if (mark < take) { open_[c]--; trying[c]++; takes++; }
    else if ((mark -= take) < trying[c] * removal) trying[c]--;
    else { now = t; left[c] = next; since[c] = t; if (trying[c] * bound[c] > 0) across(c); }
    double pace = pace_of(c);
    left[c] = next; since[c] = t; rate[c] = pace;
    next_at[c] = pace > 0 ? t + next / pace : NEVER;
    replay(c);
  }
}
int main(int argc, char **argv) {
  if (argc < 5) return 2;
  cells = atoi(argv[1]);
  int runs = atoi(argv[2]);
  seed_ = (uint32_t)atoi(argv[3]);
  removal = atof(argv[4]);
  for (leaves = 2; leaves < cells; leaves *= 2) {}
  words = calloc(cells, sizeof *words);
  detail = calloc(cells, sizeof *detail);
  rate = calloc(cells, 8); left = calloc(cells, 8); since = calloc(cells, 8); bound = calloc(cells, 8); keep = calloc(cells, 8);
  next_at = calloc(leaves, 8); winner = calloc(2 * leaves, 4); open_ = calloc(cells, 4); trying = calloc(cells, 4);
  seen = calloc(cells, 4); other = calloc(cells, 4); pile = calloc(cells, 4); started = calloc(cells, 4);
  end_of[1] = 7.69711747013105;
  const double area = 0.003949659822581557;
  end_of[0] = area / exp(-end_of[1]);
  for (int l = 2; l < 256; l++) end_of[l] = -log(exp(-end_of[l - 1]) + area / end_of[l - 1]);
  for (int l = 0; l <= 256; l++) height[l] = exp(-end_of[l]);
  local_rate = (200.0 * (2.0 / 199) * 1) / 200;
  cross_rate = (2 * (2.0 / 199) * 1) / (200.0 * cells - 200);
  for (run = 0; run < runs / 10 + 1; run++) play(); /* warm */
  takes = rings = 0;
  long sizes = 0;
  clock_t begin = clock();
  for (run = 0; run < runs; run++) {
    play();
    for (int c = 0; c < cells; c++) sizes += 200 - open_[c];
  }
  printf("%ld %ld %ld %.6f\n", takes, rings, sizes, (double)(clock() - begin) / CLOCKS_PER_SEC);
  return 0;
}
