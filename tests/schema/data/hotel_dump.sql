--
-- PostgreSQL database dump
--

\restrict 7hJqT0aXcQ

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET row_security = off;

CREATE SCHEMA billing;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

CREATE TYPE public.stay_state AS ENUM (
    'requested',
    'confirmed',
    'checked_in',
    'left'
);

CREATE DOMAIN public.percentage AS numeric(5,2) NOT NULL
	CONSTRAINT percentage_range CHECK (((VALUE >= (0)::numeric) AND (VALUE <= (100)::numeric)));

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.updated_at := now(); -- a semicolon; inside
  RETURN NEW;
END;
$$;

SET default_tablespace = '';
SET default_table_access_method = heap;

CREATE TABLE public.hotels (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    city text DEFAULT 'Zürich'::text NOT NULL,
    stars smallint,
    opened_on date,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    occupancy public.percentage DEFAULT 0,
    CONSTRAINT hotels_stars_check CHECK (((stars >= 1) AND (stars <= 5)))
);

ALTER TABLE public.hotels OWNER TO hotel_admin;
COMMENT ON TABLE public.hotels IS 'One hotel; Ünïcode too';
COMMENT ON COLUMN public.hotels.stars IS 'As the guild rates it';

CREATE SEQUENCE public.hotels_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER TABLE public.hotels_id_seq OWNER TO hotel_admin;
ALTER SEQUENCE public.hotels_id_seq OWNED BY public.hotels.id;

CREATE TABLE public.rooms (
    hotel_id bigint NOT NULL,
    number integer NOT NULL,
    kind character varying DEFAULT 'double'::character varying NOT NULL,
    price numeric(10,2),
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rooms_kind_check CHECK (((kind)::text = ANY ((ARRAY['single'::character varying, 'double'::character varying, 'suite'::character varying])::text[]))),
    CONSTRAINT rooms_price_check CHECK ((price > (0)::numeric))
);

CREATE TABLE public.stays (
    id bigint NOT NULL,
    hotel_id bigint NOT NULL,
    room_number integer NOT NULL,
    guest text NOT NULL,
    state public.stay_state DEFAULT 'requested'::public.stay_state NOT NULL,
    during daterange NOT NULL,
    cancelled_at timestamp with time zone,
    length integer GENERATED ALWAYS AS ((upper(during) - lower(during))) STORED
);
ALTER TABLE ONLY public.stays FORCE ROW LEVEL SECURITY;

ALTER TABLE public.stays ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.stays_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE billing.invoices (
    id uuid NOT NULL,
    stay_id bigint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    total numeric(12,2) NOT NULL
)
PARTITION BY RANGE (issued_at);

CREATE TABLE billing.invoices_2031 (
    id uuid NOT NULL,
    stay_id bigint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    total numeric(12,2) NOT NULL
);

CREATE VIEW public.open_stays AS
 SELECT stays.id,
    stays.guest
   FROM public.stays
  WHERE (stays.cancelled_at IS NULL);

ALTER TABLE ONLY billing.invoices ATTACH PARTITION billing.invoices_2031 FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2032-01-01 00:00:00+00');
ALTER TABLE ONLY public.hotels ALTER COLUMN id SET DEFAULT nextval('public.hotels_id_seq'::regclass);

COPY public.hotels (id, name, city) FROM stdin;
1	Alpenblick; the old one	Zürich
2	O'Hara's	Cork
\.

SELECT pg_catalog.setval('public.hotels_id_seq', 2, true);

ALTER TABLE ONLY public.hotels
    ADD CONSTRAINT hotels_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.hotels
    ADD CONSTRAINT hotels_name_city_key UNIQUE (name, city);
ALTER TABLE ONLY public.rooms
    ADD CONSTRAINT rooms_pkey PRIMARY KEY (hotel_id, number);
ALTER TABLE ONLY public.stays
    ADD CONSTRAINT stays_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.stays
    ADD CONSTRAINT stays_no_overlap EXCLUDE USING gist (hotel_id WITH =, room_number WITH =, during WITH &&) WHERE ((cancelled_at IS NULL));
ALTER TABLE ONLY billing.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (id, issued_at);
ALTER TABLE ONLY billing.invoices_2031
    ADD CONSTRAINT invoices_2031_pkey PRIMARY KEY (id, issued_at);

CREATE INDEX stays_guest_idx ON public.stays USING btree (lower(guest), id DESC) WHERE (cancelled_at IS NULL);
CREATE UNIQUE INDEX stays_open_key ON public.stays USING btree (hotel_id, room_number) INCLUDE (guest) WHERE (state = 'checked_in'::public.stay_state);
CREATE INDEX hotels_tags_idx ON public.hotels USING gin (tags);

ALTER INDEX billing.invoices_pkey ATTACH PARTITION billing.invoices_2031_pkey;

CREATE TRIGGER rooms_touch BEFORE UPDATE ON public.rooms FOR EACH ROW EXECUTE FUNCTION public.touch();

ALTER TABLE ONLY public.rooms
    ADD CONSTRAINT rooms_hotel_id_fkey FOREIGN KEY (hotel_id) REFERENCES public.hotels(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.stays
    ADD CONSTRAINT stays_room_fkey FOREIGN KEY (hotel_id, room_number) REFERENCES public.rooms(hotel_id, number) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE public.stays
    ADD CONSTRAINT stays_guest_named CHECK ((guest <> ''::text)) NOT VALID;

CREATE POLICY stays_of_hotel ON public.stays USING ((hotel_id = (current_setting('app.hotel'::text))::bigint));
ALTER TABLE public.stays ENABLE ROW LEVEL SECURITY;

GRANT SELECT ON TABLE public.hotels TO reception;
\unrestrict 7hJqT0aXcQ
