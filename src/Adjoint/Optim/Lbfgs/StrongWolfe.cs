namespace Adjoint.Optim;

/// <summary>A line search for the strong Wolfe conditions by cubic interpolation: first a bracket that holds a good step, then ever smaller ones.</summary>
/// <remarks>Source: Nocedal and Wright 2006, algorithms 3.5 and 3.6 and eq. 3.59.</remarks>
internal static class StrongWolfe
{
    const double EnoughLess = 1e-4;
    const double FlatEnough = 0.9;
    const int MostTrials = 25;

    /// <summary>A point on the line: how far, the loss, its gradient, and its slope along the line.</summary>
    internal readonly record struct Point(double Rate, double Loss, Tensor Gradient, double Slope);

    /// <param name="start">The point at rate 0; its slope is negative.</param>
    /// <param name="rate">The first trial.</param>
    /// <param name="longest">The direction's largest element.</param>
    /// <param name="tolerance">A bracket in which no parameter moves by more is not worth narrowing.</param>
    /// <param name="evaluate">The point at a rate.</param>
    public static Point Search(Point start, double rate, double longest, double tolerance, Func<double, Point> evaluate)
    {
        Point before = start, now = evaluate(rate);
        int trials = 0;
        for (; trials < MostTrials; trials++)
        {
            if (IsTooHigh(start, now) || (trials > 1 && now.Loss >= before.Loss)) break;
            if (IsFlat(start, now)) return now;
            if (now.Slope >= 0) break;
            double next = Interpolate(before, now, now.Rate + (0.01 * (now.Rate - before.Rate)), now.Rate * 10);
            (before, now) = (now, evaluate(next));
        }

        if (trials == MostTrials) before = start;
        return Narrow(start, before, now, longest, tolerance, trials, evaluate);
    }

    static Point Narrow(Point start, Point a, Point b, double longest, double tolerance, int trials, Func<double, Point> evaluate)
    {
        (Point low, Point high) = a.Loss <= b.Loss ? (a, b) : (b, a);
        bool wasAtEdge = false;
        for (; trials < MostTrials && Math.Abs(high.Rate - low.Rate) * longest >= tolerance; trials++)
        {
            double left = Math.Min(low.Rate, high.Rate), right = Math.Max(low.Rate, high.Rate);
            double rate = Interpolate(low, high, left, right);
            // Twice in a row next to an end, the interpolation makes no progress: a tenth is stepped inward instead.
            double edge = 0.1 * (right - left);
            bool isAtEdge = Math.Min(right - rate, rate - left) < edge;
            if (isAtEdge && (wasAtEdge || rate >= right || rate <= left))
            {
                rate = Math.Abs(rate - right) < Math.Abs(rate - left) ? right - edge : left + edge;
                isAtEdge = false;
            }

            wasAtEdge = isAtEdge;
            Point now = evaluate(rate);
            if (IsTooHigh(start, now) || now.Loss >= low.Loss)
            {
                high = now;
                if (high.Loss < low.Loss) (low, high) = (high, low);
            }
            else
            {
                if (IsFlat(start, now)) return now;
                if (now.Slope * (high.Rate - low.Rate) >= 0) high = low;
                low = now;
            }
        }

        return low;
    }

    static bool IsTooHigh(Point start, Point now) => now.Loss > start.Loss + (EnoughLess * now.Rate * start.Slope);

    static bool IsFlat(Point start, Point now) => Math.Abs(now.Slope) <= -FlatEnough * start.Slope;

    /// <summary>Where the cubic through two points with their slopes is lowest, within bounds; the middle where it has no minimum.</summary>
    static double Interpolate(Point a, Point b, double least, double most)
    {
        if (a.Rate > b.Rate) (a, b) = (b, a);
        double d = a.Slope + b.Slope - (3 * (a.Loss - b.Loss) / (a.Rate - b.Rate)), square = (d * d) - (a.Slope * b.Slope);
        if (!(square >= 0)) return (least + most) / 2;
        double root = Math.Sqrt(square);
        double at = b.Rate - ((b.Rate - a.Rate) * ((b.Slope + root - d) / (b.Slope - a.Slope + (2 * root))));
        return double.IsNaN(at) ? (least + most) / 2 : Math.Min(Math.Max(at, least), most);
    }
}
