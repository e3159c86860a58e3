namespace Flink.Resources.Fleet;

/// <summary>All sections of the schema, each once, in the order in which a reader meets them.</summary>
internal static class SchemaWalk
{
    public static List<SectionType> Sections()
    {
        var found = new List<SectionType>();
        Visit(FleetSchema.Root, found);
        return found;
    }

    private static void Visit(ValueType type, List<SectionType> found)
    {
        switch (type)
        {
            case SectionType section when !found.Contains(section):
                found.Add(section);
                foreach (var key in section.Keys)
                {
                    Visit(key.Type, found);
                }
                break;
            case ListType list:
                Visit(list.Item, found);
                break;
            case MapType map:
                Visit(map.Item, found);
                break;
            case EitherType either:
                Visit(either.Section, found);
                break;
            case KindType kinds:
                foreach (var (_, section) in kinds.Kinds)
                {
                    Visit(section, found);
                }
                break;
        }
    }
}
