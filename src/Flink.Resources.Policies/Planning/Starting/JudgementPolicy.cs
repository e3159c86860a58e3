namespace Flink.Resources.Planning;

/// <summary>How long it holds that a job was found eligible: whoever moves it later than that has it judged again first. Pure.</summary>
public static class JudgementPolicy
{
    /// <summary>The least age that can be asked for: facts are read for up to some minutes.</summary>
    public static TimeSpan ShortestAge { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The greatest age that can be asked for.</summary>
    public static TimeSpan LongestAge { get; } = TimeSpan.FromDays(7);

    /// <summary>The age at which a judgement is made anew when nobody says otherwise.</summary>
    public static TimeSpan UsualAge { get; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether a job has to be judged before it is moved now.</summary>
    /// <param name="judgedAt">When it was last judged; null when nobody did.</param>
    /// <param name="now">The time.</param>
    /// <param name="age">How old a judgement may be.</param>
    /// <returns>True when nobody judged it, or longer ago than that. A time that lies ahead is taken as well as one that is past, since clocks differ a little.</returns>
    public static bool NeedsJudgement(DateTimeOffset? judgedAt, DateTimeOffset now, TimeSpan age) => judgedAt is not { } at || (now - at).Duration() > age;

    /// <summary>What is wrong with an age, in words that name it; null when it is from <see cref="ShortestAge"/> to <see cref="LongestAge"/>.</summary>
    /// <param name="name">What the age is called where it was set.</param>
    /// <param name="age">The age.</param>
    public static string? Objection(string name, TimeSpan age) =>
        age >= ShortestAge && age <= LongestAge ? null : $"{name} is {age:c}: {ShortestAge:c} to {LongestAge:c} is wanted.";
}
