namespace Adjoint.Cli.Runs;

/// <summary>Which of a seed's random streams is for what. The initial weights use the seed's own.</summary>
internal static class Streams
{
    /// <summary>How the data is divided: what a later evaluation must repeat.</summary>
    public static Generator Split(Generator random) => random.Split(1);

    /// <summary>The order of the rows, and augmentation.</summary>
    public static Generator Order(Generator random) => random.Split(2);
}
