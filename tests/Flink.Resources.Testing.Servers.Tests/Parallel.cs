// These tests wait for time-outs and repetitions, hardly for a processor.
[assembly: Xunit.v3.Parallelization(MaxThreads = 8)]
