// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Sensors: readings of all sensors arrive over one channel. One stage gathers them into
 * batches, each of one sensor. The next stage reports the usual value of a batch. It reports
 * outliers, or anomalies, on a separate channel, so an alarm never waits in a queue.
 */
#include "example.h"

#define SENSORS		3
#define BATCHES		2
#define BATCH		8
#define TOLERANCE	50

struct reading {
	int sensor;
	int batch;
	int value;
};

struct batch {
	int sensor;
	int number;
	int len;
	int values[BATCH];
};

CHAN_TYPE(readings, struct reading);
CHAN_TYPE(batches, struct batch);

/* Values near 100 * (sensor + 1), except one. */
static void measure(struct readings out, int sensor)
{
	struct reading reading = { .sensor = sensor };
	int i;

	for (i = 0; i < BATCHES * BATCH; i++) {
		reading.value = sensor == 1 && i == 11 ? 900 : 100 * (sensor + 1) + i % 4;
		check(readings_send(out, &reading));
	}
	exit(0);
}

static void gather(struct readings in, struct batches out)
{
	struct batch batches[SENSORS] = { { .len = 0 } };
	struct reading reading;

	while (check(readings_recv(in, &reading)) == 1) {
		struct batch *batch = &batches[reading.sensor];

		batch->sensor = reading.sensor;
		batch->values[batch->len++] = reading.value;
		if (batch->len < BATCH)
			continue;
		check(batches_send(out, batch));
		batch->number++;
		batch->len = 0;
	}
	check(chan_close(out.fd));
	exit(0);
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The median, because an anomaly does not affect it. */
static int median(const struct batch *batch)
{
	struct batch sorted = *batch;

	qsort(sorted.values, BATCH, sizeof(int), compare);
	return sorted.values[BATCH / 2];
}

static void judge(struct batches in, struct readings usual, struct readings anomalies)
{
	struct batch batch;
	int i;

	while (check(batches_recv(in, &batch)) == 1) {
		struct reading report = { batch.sensor, batch.number, median(&batch) };
		struct reading anomaly = report;

		check(readings_send(usual, &report));
		for (i = 0; i < BATCH; i++) {
			anomaly.value = batch.values[i];
			if (abs(anomaly.value - report.value) > TOLERANCE)
				check(readings_send(anomalies, &anomaly));
		}
	}
	check(chan_close(usual.fd));
	exit(0);
}

int main(void)
{
	struct readings readings = readings_make(BATCH, 0), measured;
	struct readings usual = readings_make(0, 0), anomalies = readings_make(0, 0);
	struct batches batches = batches_make(SENSORS, 0);
	int medians[SENSORS][BATCHES], odd[SENSORS][BATCHES] = { { 0 } }, sensor, batch;
	struct reading report, anomaly;
	struct chan_case cases[] = {
		chan_case_recv(check(usual.fd), &report, sizeof(report)),
		chan_case_recv(check(anomalies.fd), &anomaly, sizeof(anomaly)),
	};

	check(readings.fd);
	check(batches.fd);
	/* The readings end with the last sensor. */
	measured = readings_dup(readings, CHAN_RIGHT_RECV);
	check(measured.fd);
	for (sensor = 0; sensor < SENSORS; sensor++) {
		if (start() == 0)
			measure(readings, sensor);
	}
	close(readings.fd);
	if (start() == 0)
		gather(measured, batches);
	if (start() == 0)
		judge(batches, usual, anomalies);

	for (;;) {
		if (check(chan_select(cases, 2)) == 1)
			odd[anomaly.sensor][anomaly.batch] = anomaly.value;
		else if (check(cases[0].result) == 1)
			medians[report.sensor][report.batch] = report.value;
		else
			break;
	}
	for (sensor = 0; sensor < SENSORS; sensor++) {
		for (batch = 0; batch < BATCHES; batch++) {
			printf("sensor %d, batch %d: %d", sensor, batch, medians[sensor][batch]);
			if (odd[sensor][batch])
				printf(", but once %d", odd[sensor][batch]);
			printf("\n");
		}
	}
	join();
	return 0;
}
