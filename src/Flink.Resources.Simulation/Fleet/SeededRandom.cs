namespace Flink.Resources.Simulation;

/// <summary>SplitMix64: the same numbers on every platform and version, which <see cref="Random"/> does not promise.</summary>
internal sealed class SeededRandom(long seed)
{
    private ulong _state = unchecked((ulong)seed);

    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public int Next(int below) => (int)(NextDouble() * below);

    private ulong NextBits()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15UL;
            var mixed = _state;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return mixed ^ (mixed >> 31);
        }
    }
}
